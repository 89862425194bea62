/**
 * How far the heap of a server grows, and when it shrinks: V8 by itself takes for speed what the machine has, though it gains little
 * by it, and lets go of what made it fast as soon as it rests.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** So large the young generation grows, bytes: both halves together, as V8 counts it. With half of that a task costs a tenth more. */
const YOUNG_BYTES = 2 * 32 * 1024 * 1024
/** By so much of what was in use the old generation grows before it is collected, percent. By itself V8 waits for up to 300 (V8HeapTrait). */
const OLD_GROWTH_PERCENT = 100
/** By then the code of the server is kept (`kept-code.ts`): V8 takes it at the next start only where it was made under the same flags. */
const CODE_KEPT_MS = 6000

/**
 * So long V8 waits after a collection before it shrinks the heap of a program that rests, milliseconds; by itself 8,000
 * (`node --v8-options`). With the memory go the optimized functions that know shapes of objects of which none is left, and between
 * two requests none is: the next burst begins in slow code. Measured with 15 s between bursts: 340 to 380 µs a task, not 210.
 */
const SHRINK_AFTER_MS = 600_000

const youngBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0

/** V8 reads its own flag for that once, before any code of ours: so its growth is ended when it has grown enough. */
const boundYoung = () => {
  const collections = new PerformanceObserver(() => {
    if (youngBytes() < YOUNG_BYTES) return
    setFlagsFromString('--semi-space-growth-factor=1')
    collections.disconnect()
  })
  // It grows at the end of a collection, and at no other time.
  collections.observe({ entryTypes: ['gc'] })
}

/**
 * Bounds the growth, and puts off the shrinking. To be called before the programs are loaded, so that their code is compiled and kept
 * under the same flags. Measured with 5,000 devices and 200 tasks a second: docs/benchmarks.md, "Ten minutes".
 */
export const boundHeap = (): void => {
  setFlagsFromString(`--heap-growing-percent=${OLD_GROWTH_PERCENT}`)
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${SHRINK_AFTER_MS}`)
  setTimeout(boundYoung, CODE_KEPT_MS).unref()
}
