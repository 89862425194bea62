import { spawn } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

/** How often one that is not sure to end hangs here: every fourth to tenth time. */
const RUNS = 60
/** One run takes less than a second of the processor, of which six and all other tests have their share. What hangs does so for ever. */
const HUNG_MS = 60_000

/** A heap that is always about to be collected, and functions that are compiled soon. */
const FLAGS = [
  '--max-semi-space-size=1',
  '--heap-growing-percent=1',
  '--invocation-count-for-maglev=20',
  '--minimum-invocations-after-ic-update=20',
  '--minimum-invocations-before-optimization=10',
]

/** Resolves with the exit code, or with the signal that ended what hung. */
const run = (): Promise<number | string | null> =>
  new Promise((resolve) => {
    const program = join(import.meta.dirname, 'ends-while-compiling.ts')
    const child = spawn(process.execPath, [...FLAGS, program], { timeout: HUNG_MS, killSignal: 'SIGKILL' })
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })

void t.test('process.exit ends a process whose code is being compiled while its heap is full', async (t) => {
  for (let batch = 0; batch < RUNS / 6; batch += 1)
    t.strictSame(
      await Promise.all(Array.from({ length: 6 }, run)),
      Array.from({ length: 6 }, () => 0),
    )
})
