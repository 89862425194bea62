/** What the benchmark measures: the operation that `Benchmark` in schemas/hardware.ts describes. To change it is to make old figures void. */
import { createHash } from 'node:crypto'

const STEPS = 1000
const HASHED_BYTES = 1024
const block = Buffer.alloc(HASHED_BYTES, 1)

/** Whole numbers: a 32-bit xorshift generator (G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8/14, 2003). */
const integers = (seed: number): number => {
  let x = seed | 1
  for (let step = 0; step < STEPS; step += 1) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  return x
}

/** Floating point: the logistic map at r = 3.9, each step with a square root. */
const fractions = (seed: number): number => {
  let x = ((seed >>> 0) + 0.5) / 2 ** 32
  for (let step = 0; step < STEPS; step += 1) x = Math.sqrt(3.9 * x * (1 - x)) * 0.999
  return x
}

/** One operation. What comes out depends on all of it, so that no compiler can leave it out. */
export const operate = (seed: number): number => {
  const number = integers(seed)
  block.writeInt32LE(number, 0)
  block.writeDoubleLE(fractions(number), 8)
  return createHash('sha256').update(block).digest().readInt32LE(0)
}
