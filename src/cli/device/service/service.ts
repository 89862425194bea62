/** What a system is to keep running, whichever system it is. */
import { resolve } from 'node:path'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from '../../../link/server/worker-node-flags.ts'
import type { CommandLine } from '../../options/command-line.ts'
import { type Environment, type Flag, flagName, variableName } from '../../options/flag.ts'
import { FINAL_EXIT_CODE } from '../final-end.ts'
import { workerFlags } from '../worker-flags.ts'
import { lastingSearchPath } from './lasting-files.ts'

/** The worker as a service. */
export type Service = {
  readonly dataDir: string
  /** Node and its flags, the file of the worker, and the flags of the worker: absolute, without a secret. */
  readonly argv: readonly [node: string, ...rest: string[]]
  /** Variables that it needs: what it was told by variables, and where programs are found. */
  readonly variables: Readonly<Record<string, string>>
}

/** The exit code of an end that starting it again would not change, where the system is told of it: EX_CONFIG of sysexits.h. */
export const FINAL_CODE = 78

/** A crash is followed by a pause of so many seconds: a worker that cannot start shall not heat the device. */
export const RESTART_PAUSE_SECONDS = 10

/** A worker ends within 10 seconds of a signal (CONTRACT.md §8); after so many seconds it is killed. */
export const STOP_SECONDS = 15

/** A service starts in another directory: a path that the flag or variable names is made absolute. */
const absolute = ({ reader }: Flag<unknown>, text: string): string =>
  reader.placeholder === 'DIR' || reader.placeholder === 'FILE' ? resolve(text) : text

/**
 * The service that a command line asks for. Flags stay flags and variables stay variables, as they were written; the token and
 * whatever else is secret is left out.
 * @param where - `node` and `program`: files that stay where they are; `dataDir`: of the service
 */
export const serviceOf = (
  { given, sources, file }: CommandLine<typeof workerFlags>,
  environment: Environment,
  where: { readonly node: string; readonly program: string; readonly dataDir: string },
): Service => {
  const passed = Object.entries<Flag<unknown>>(workerFlags).filter(
    ([key, { reader }]) => key !== 'data_dir' && !reader.secret,
  )
  const flags = passed.flatMap(([key, flag]) => {
    const texts = given[key]
    if (texts === undefined) return []
    return texts.length === 0 ? [flagName(key)] : texts.map((text) => `${flagName(key)}=${absolute(flag, text)}`)
  })
  const told = passed.filter(([key]) => sources[key as keyof typeof workerFlags] === 'variable')
  const variables = told.map(
    ([key, flag]) => [variableName(key), absolute(flag, environment[variableName(key)] ?? '')] as const,
  )
  return {
    dataDir: where.dataDir,
    argv: [
      where.node,
      ...WORKER_NODE_FLAGS,
      where.program,
      `--data-dir=${where.dataDir}`,
      ...(file.path === '' ? [] : [`--config=${resolve(file.path)}`]),
      ...flags,
    ],
    // A service finds no program outside of the directories of the system, unless it is told where the terminal does.
    variables: {
      ...WORKER_NODE_VARIABLES,
      ...(environment.PATH === undefined ? {} : { PATH: lastingSearchPath(environment.PATH) }),
      ...Object.fromEntries(variables),
    },
  }
}

/** The variables of a service, with the exit code that a final end has there. */
export const variablesOf = (service: Service, finalCode: number): readonly (readonly [name: string, value: string])[] =>
  Object.entries({ ...service.variables, [FINAL_EXIT_CODE]: `${finalCode}` })
