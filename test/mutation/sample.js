/**
 * A Stryker checker that lets a part of the mutants through: `SAMPLE=6` tries each sixth, chosen by a hash of what it
 * changes, so that the same ones are tried again; another `SEED` chooses others. The rest counts as invalid, and not in
 * the score. The `tsconfigFile` of the configuration names no file, since Stryker would import a `typescript` to adapt
 * it, which the folder that npx makes for it has not; nothing of ours needs it adapted.
 */
import { createHash } from 'node:crypto'

const { SAMPLE = '1', SEED = '' } = process.env

const isChosen = ({ fileName, location, mutatorName, replacement }) => {
  const what = JSON.stringify([SEED, fileName.split('/').at(-1), location, mutatorName, replacement])
  return createHash('sha256').update(what).digest().readUInt32BE() % Number(SAMPLE) === 0
}

const verdictOf = (mutant) =>
  isChosen(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' }

/** Found by its kind and name. */
export const strykerPlugins = [
  {
    kind: 'Checker',
    name: 'sample',
    factory: () => ({
      init: async () => undefined,
      check: async (mutants) => Object.fromEntries(mutants.map((mutant) => [mutant.id, verdictOf(mutant)])),
    }),
  },
]
