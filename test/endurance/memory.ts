/** What a process keeps in memory while it works. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes, after a full collection. */
export type MemorySample = { readonly heap: number; readonly resident: number }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (how: object) => void

/** A sample of now. */
export const sampleMemory = (): MemorySample => {
  // V8 keeps what it once needed for speed, tens of MiB more or less: only a collection of the last resort gives that back.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, resident: rss }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** The medians of the first and of the last quarter of the samples, in MiB, and the share by which the second is larger. */
export const growthOf = (samples: readonly MemorySample[], what: keyof MemorySample) => {
  const quarter = Math.floor(samples.length / 4)
  const of = (part: readonly MemorySample[]) => median(part.map((sample) => sample[what])) / 2 ** 20
  const [first, last] = [of(samples.slice(0, quarter)), of(samples.slice(-quarter))]
  return { first, last, growth: last / first - 1 }
}
