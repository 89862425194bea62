/** Runs a case, and cleans up after it. */
import type { Bench, Case } from './case.ts'
import type { Row } from './row.ts'
import { makeScratch } from './scratch.ts'

/** Measures a case with so many pairs. */
export const runCase = async ({ name, measure }: Case, pairs: number): Promise<readonly Row[]> => {
  const scratch = makeScratch()
  const started: { end(): Promise<void> }[] = []
  const bench: Bench = {
    pairs,
    directory: scratch.directory,
    tell: (what) => process.stderr.write(`${name}: ${what}\n`),
    using: (one) => {
      started.push(one)
      return one
    },
  }
  try {
    return await measure(bench)
  } finally {
    for (const one of started.toReversed()) await one.end()
    scratch.remove()
  }
}
