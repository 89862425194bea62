/** The executors of a worker, to be run one by one. */
import { join } from 'node:path'
import type { Execution, ExecutionContext } from '../../src/worker/executors/execution.ts'
import { createExecutors, type ExecutorOptions } from '../../src/worker/executors/table.ts'
import { thisMachine } from '../../src/worker/machine.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { createTelemetry } from '../../src/worker/telemetry.ts'
import { entry } from '../cli/programs.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { keptLog, type Owner, temporaryDirectory } from './world.ts'

/** The executors of a worker in a directory of its own. */
export const executorWorld = (
  t: Owner,
  { clock = fakeClock(), ...more }: { clock?: ReturnType<typeof fakeClock> } & Partial<ExecutorOptions> = {},
) => {
  const dataDir = temporaryDirectory(t)
  const workDirectory = join(dataDir, 'work')
  const log = keptLog()
  const telemetry = createTelemetry({ dataDir, clock, machine: thisMachine })
  const executors = createExecutors({
    workDirectory,
    allow: [],
    workerFile: entry('worker'),
    log,
    clock,
    graceMs: 200,
    describe: async () => ({
      profile: await readProfile({ dataDir, version: '1.2.3', machine: thisMachine }),
      telemetry: await telemetry.sample(),
    }),
    ...more,
  })
  const run = (type: string, payload: Record<string, unknown>, context: ExecutionContext): Promise<Execution> => {
    const execute = executors.get(type)
    if (execute === undefined) throw new Error(`there is no executor of ${type}`)
    return execute(payload, context)
  }
  return { run, dataDir, workDirectory, clock, log }
}
