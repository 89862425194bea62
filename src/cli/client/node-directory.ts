/** Where a node of this machine keeps its data. */
import { type Environment, variableName } from '../options/flag.ts'
import { dataHome } from '../options/paths.ts'

/** Its data directory, as far as the variables tell; an empty one counts as absent. */
export const nodeDirectory = (environment: Environment): string => {
  const named = environment[variableName('data_dir')]
  return named === undefined || named === '' ? dataHome(environment, 'retire-cluster') : named
}
