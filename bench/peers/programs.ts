/** The programs of the peers. They are no TypeScript: what they import is installed here only, where no type check looks. */
import { join } from 'node:path'
import { launch, type Program } from '../measure/program.ts'
import { type Driver, startDriver } from './driver.ts'

const HERE = join(import.meta.dirname, 'programs')

/** The Python that has the packages of requirements.txt. */
export const PYTHON = join(import.meta.dirname, '.venv/bin/python')

/** Tasks that a worker runs at a time, where it has no processes or threads for them: as many as are under way. */
export const CONCURRENCY = 50

type Variables = Readonly<Record<string, string>>

/** Starts the worker of a peer in Node. */
export const startNodeWorker = (name: string, variables: Variables): Promise<Program> =>
  launch({
    args: [join(HERE, `${name}-worker.mjs`)],
    ready: /^ready$/m,
    variables: { ...variables, CONCURRENCY: String(CONCURRENCY) },
  })

/** Starts a driver in Node. */
export const startNodeDriver = (name: string, variables: Variables): Driver =>
  startDriver(process.execPath, [join(HERE, `${name}-driver.mjs`)], variables)

/** Starts a module of Python that finds those of the bench. */
export const startPython = (args: readonly string[], ready: RegExp, variables: Variables = {}): Promise<Program> =>
  launch({ program: PYTHON, args, ready, variables: { ...variables, PYTHONPATH: HERE, PYTHONUNBUFFERED: '1' } })

/** Starts a driver in Python. */
export const startPythonDriver = (name: string, variables: Variables): Driver =>
  startDriver(PYTHON, [join(HERE, `${name}_driver.py`)], { ...variables, PYTHONPATH: HERE })
