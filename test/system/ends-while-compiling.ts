/** Ends while V8 compiles much of it and its heap is full. */
import { setFlagsFromString } from 'node:v8'
import { makeEndSure } from '../../src/cli/sure-end.ts'

makeEndSure()
setFlagsFromString('--optimize-for-size')

/** Long enough to be compiled for a while. */
const steps = 'if (s > a) s = s * 2 + b.x; else s = Math.sqrt(s + b.y); '.repeat(40)

const cpuMs = () => process.cpuUsage().user / 1000
const endMs = cpuMs() + 100 + 200 * Math.random()
const kept: unknown[] = []
while (cpuMs() < endMs) {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const fresh = new Function('a', 'b', `let s = 0; ${steps} return s + ${kept.length}`) as (
    a: number,
    b: object,
  ) => number
  for (let a = 0; a < 80; a += 1) fresh(a, { x: a, y: a })
  kept.push(fresh, new Array(100).fill(kept.length))
}
process.exit(0)
