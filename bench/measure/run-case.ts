/** Runs a case, and cleans up after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Case } from './case.ts'
import type { Row } from './row.ts'

/** Measures a case with so many pairs. */
export const runCase = async ({ name, measure }: Case, pairs: number): Promise<readonly Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-'))
  const started: { end(): Promise<void> }[] = []
  const bench: Bench = {
    pairs,
    directory,
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
    rmSync(directory, { recursive: true, force: true })
  }
}
