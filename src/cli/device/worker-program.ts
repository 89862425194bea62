/** `retire-cluster-worker`: the agent on a retired device. */
import { resolve } from 'node:path'
import { DataDirectoryError } from '../../store/data-directory-error.ts'
import { type DirectoryLock, lockDirectory } from '../../store/lock.ts'
import { type Agent, type AgentOptions, startAgent } from '../../worker/agent.ts'
import { WorkerError, type WorkerErrorCode } from '../../worker/errors.ts'
import { hasIdentity } from '../../worker/identity.ts'
import { asSentence, StartError, UsageError } from '../failure.ts'
import { serve } from '../lifetime.ts'
import { openLog } from '../logging.ts'
import { type Program, readCommandLine } from '../options/command-line.ts'
import { REFUSED } from '../refused.ts'
import { version } from '../version.ts'
import { isExposed, PLAIN_LINK } from '../plain-link.ts'
import type { RunCommand } from './command.ts'
import { commandOf, deviceCommands } from './commands.ts'
import { acquaintanceWith } from './acquaintance.ts'
import { Refused, tellingFinalEnd } from './final-end.ts'
import { firstLook } from './first-look.ts'
import { nodesToJoin } from './nodes-to-join.ts'
import { wishesOf } from './policy-flags.ts'
import { workerFlags } from './worker-flags.ts'

const program: Program<typeof workerFlags> = {
  name: 'retire-cluster-worker',
  summary: 'Makes this device a member of a cluster, and runs its tasks.',
  flags: workerFlags,
  commands: deviceCommands,
  examples: [
    'retire-cluster-worker --join 192.168.1.100 --token TOKEN.FINGERPRINT',
    'retire-cluster-worker --join [fd00::1]:8080 --token TOKEN.FINGERPRINT --device-id kitchen-tablet --tags kitchen,wall',
    'retire-cluster-worker --join auto --token TOKEN.FINGERPRINT',
    'retire-cluster-worker --join 10.0.0.1,10.0.0.2#FINGERPRINT,10.0.0.3#FINGERPRINT --token TOKEN.FINGERPRINT',
    'retire-cluster-worker --allow command',
    'retire-cluster-worker --tasks ./my-tasks.mjs',
    'retire-cluster-worker --only-charging --hours 22:00-07:00',
  ],
}

/** What is wrong with the command line, and not with the device. */
const usageCodes: readonly string[] = [
  'NOT_ALLOWED',
  'TOKEN_MISSING',
  'DEVICE_ID_CONFLICT',
  'TASKS_UNUSABLE',
] satisfies WorkerErrorCode[]

const lock = (dataDir: string): DirectoryLock => {
  try {
    return lockDirectory(dataDir)
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error
    throw new StartError(asSentence(error.message), { cause: error })
  }
}

const start = async (options: AgentOptions): Promise<Agent> => {
  try {
    return await startAgent(options)
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error
    const Kind = usageCodes.includes(error.code) ? UsageError : StartError
    throw new Kind(error.message, { cause: error })
  }
}

/** Resolves when the process that started this one is gone, where it opened an IPC channel for that. */
const parentGone = (): Promise<number> =>
  new Promise((resolve) => {
    // Undefined without a channel; false where the parent went away while this process was still starting.
    const connected = process.connected as boolean | undefined
    if (connected === undefined) return
    process.once('disconnect', () => resolve(0))
    // The listener alone would keep this process after its agent has ended.
    process.channel?.unref()
    if (!connected) resolve(0)
  })

/** Tells the parent, where there is one, that the node has refused this device: starting it again would not help. */
const tellRefusal = (): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve()
    // A parent that is gone at this moment needs no telling.
    else process.send(REFUSED, () => resolve())
  })

/** Runs the worker until it is told to stop, or the node refuses it. */
const work: RunCommand = async (argv, environment, workerFile) => {
  const { values } = await readCommandLine(program, argv, environment)
  const { data_dir: dataDir } = values
  const known = await nodesToJoin(values)
  const log = openLog({ level: values.log_level, program: program.name })
  for (const node of known.nodes) if (isExposed(node)) log.warn({ host: node.host, port: node.port }, PLAIN_LINK)
  const acquaintance = acquaintanceWith({ ...known, dataDir, log })
  const isNew = !hasIdentity(dataDir)
  const joined = Promise.withResolvers<undefined>()
  let joining: Promise<void> | undefined
  const join = async (device_id: string): Promise<void> => {
    await acquaintance.keep()
    process.stdout.write(`joined as ${device_id}\n`)
    joined.resolve(undefined)
  }
  const onJoined = (device_id: string): void => {
    if (joining === undefined) joining = join(device_id)
    else joining = joining.then(() => acquaintance.keep())
  }
  const onNodes = (): void => {
    joining = joining?.then(() => acquaintance.keep())
  }
  return serve(log, async (closing) => {
    const locked = lock(dataDir)
    closing.add('data directory', async () => {
      // Told to stop as it is let in, it keeps where its node is all the same.
      await joining
      locked.release()
    })
    const agent = await start({
      dataDir,
      node: acquaintance.whereabouts,
      token: values.token?.token,
      deviceId: values.device_id,
      role: values.role,
      tags: values.tags,
      slots: values.slots,
      allow: values.allow,
      tasks: values.tasks === undefined ? undefined : resolve(values.tasks),
      wishes: wishesOf(values),
      maxCache: values.max_cache,
      workerFile,
      log,
      version,
      onJoined,
      onNodes,
    })
    // The worker of this machine's own node has that node's owner before the screen, who reads other things there.
    if (isNew && process.send === undefined)
      firstLook(values, workerFile, joined.promise).catch((error: unknown) =>
        log.warn({ err: error }, 'the device could not be looked over'),
      )
    process.on('uncaughtExceptionMonitor', (error) => agent.crashed(error))
    let over = false
    closing.add(
      'agent',
      () => (over ? undefined : agent.stop()),
      () => agent.kill(),
    )
    const stopped = agent.stopped.then(async ({ exitCode, reason }) => {
      over = true
      if (exitCode === 0) return 0
      await tellRefusal()
      throw new Refused(asSentence(reason))
    })
    return { ended: Promise.race([stopped, parentGone()]) }
  })
}

/** Runs the command that the command line names, and the worker where it names none. */
export const runWorker: RunCommand = async (argv, environment, workerFile) => {
  const named = commandOf(argv)
  if (named === undefined) return tellingFinalEnd(environment, () => work(argv, environment, workerFile))
  const run = await named.command.load()
  return run(named.argv, environment, workerFile)
}
