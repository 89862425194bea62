/** Properties that are checked with random input: a failure prints the one command that replays it. */
import { relative } from 'node:path'
import fc from 'fast-check'
import root, { type Test } from 'tap'

const { RETIRE_CLUSTER_TEST_SEED, RETIRE_CLUSTER_TEST_PATH, RETIRE_CLUSTER_TEST_RUNS } = process.env

/** What the environment asks for: a seed, the path of one failure under it, and how many inputs to try. */
const asked = {
  ...(RETIRE_CLUSTER_TEST_SEED === undefined ? {} : { seed: Number(RETIRE_CLUSTER_TEST_SEED) }),
  ...(RETIRE_CLUSTER_TEST_PATH === undefined ? {} : { path: RETIRE_CLUSTER_TEST_PATH, endOnFailure: true }),
}
const factor = Number(RETIRE_CLUSTER_TEST_RUNS ?? '1')

/** What has been found by then is told, shrunk or not: before the runner of the tests gives up, which tells nothing. */
const LIMIT_MS = 25_000

/** Checks a property with `numRuns` inputs, or `RETIRE_CLUSTER_TEST_RUNS` times as many. */
export const holds = async <T>(
  t: Test,
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  numRuns: number,
): Promise<void> => {
  for (const test of [root, t]) test.setTimeout(4 * LIMIT_MS * Math.max(1, factor))
  const details = await fc.check(property, {
    numRuns: Math.ceil(numRuns * factor),
    interruptAfterTimeLimit: LIMIT_MS * Math.max(1, factor),
    ...asked,
  })
  if (!details.failed) {
    t.pass(`${details.numRuns} inputs`)
    return
  }
  const cause = details.errorInstance
  const what = cause instanceof Error ? cause.message : 'the property does not hold'
  const variables = `RETIRE_CLUSTER_TEST_SEED=${details.seed} RETIRE_CLUSTER_TEST_PATH=${details.counterexamplePath ?? ''}`
  t.fail(`${what}; once more: ${variables} node ${relative(process.cwd(), process.argv[1] ?? '')}`, {
    input: fc.stringify(details.counterexample),
    ...(cause instanceof Error && cause.stack !== undefined ? { stack: cause.stack } : {}),
  })
}
