/** What the walk finds in the cluster: a real worker, a scripted device, and a task of each state. */
import type { Artifact, BatchSubmitted, TaskRetried, TaskSubmitted } from '../../schemas/index.ts'
import { CUSTOM_TYPE, joinScripted } from './scripted-device.ts'
import type { Walk } from './walk.ts'

/** The real worker. */
export const WORKER = 'android-001'
/** What its owner allows: all that needs nothing but Node. */
const ALLOW = 'command,shell,http_request,lan,javascript'
/** The scripted device; offline, and still registered. */
export const ABSENT = 'tablet-002'

/** What there is. */
export type Scene = {
  readonly completed: string
  /** Its command ended with exit code 3. */
  readonly failed: string
  readonly running: string
  /** No device could ever run it. */
  readonly pending: string
  /** Cancelled, each asking for something that nobody has, or that goes with {@link ABSENT}. */
  readonly cancelled: {
    readonly onAbsent: string
    readonly impossible: string
    readonly ofCustomType: string
  }
  readonly batch: string
  /** The hash of a file that is stored. */
  readonly file: string
  /** How many nodes there are. */
  readonly nodes: number
}

/** Where devices join. */
export type Place = {
  /** Where the scripted device does. */
  readonly clusterPort: number
  /** Starts a worker; resolves when it has joined. */
  addWorker(device_id: string, args: readonly string[]): Promise<unknown>
  /** How many nodes there are; one, when absent. */
  readonly nodes?: number
}

/** Sets the scene. Everything is done by calls that are checked like those of the walk. */
export const setScene = async (walk: Walk, { clusterPort, addWorker, nodes = 1 }: Place): Promise<Scene> => {
  const submit = async (body: object, wait = 0) =>
    (await walk.succeed<TaskSubmitted>('submitTask', 201, { body, query: { wait: String(wait) } })).task_id
  const cancelled = async (body: object) => {
    const task_id = await submit(body)
    await walk.send('cancelTask', 200, { params: { task_id } })
    return task_id
  }
  const impossible = { task_type: 'echo', payload: {}, requirements: { platform: 'amiga' } }
  const command = [process.execPath, '-e', 'console.log("three"); process.exit(3)']

  // Where no device is registered yet, nothing can be said against it.
  const cancelledImpossible = await cancelled(impossible)
  const [, scripted] = await Promise.all([
    addWorker(WORKER, ['--allow', ALLOW, '--slots', '8', '--role', 'mobile', '--tags', 'pocket,lab']),
    joinScripted(walk.t, clusterPort, ABSENT),
  ])
  const onAbsent = await cancelled({ task_type: 'echo', payload: {}, device_id: ABSENT })
  const ofCustomType = await cancelled({ task_type: CUSTOM_TYPE, payload: { radius: 3 } })
  await scripted.leave()

  const failed = await submit({ task_type: 'command', payload: { command }, max_retries: 0 }, 60)
  const completed = await submit({ task_type: 'echo', payload: { message: 'Hello World', repeat: 3 } }, 60)
  const { batch_id } = await walk.succeed<BatchSubmitted>('submitBatch', 201, {
    body: {
      tasks: [
        { task_type: 'echo', payload: {}, metadata: { project: 'walk' } },
        { task_type: 'echo', payload: {} },
      ],
    },
  })
  return {
    nodes,
    completed,
    failed,
    running: await submit({ task_type: 'sleep', payload: { duration: 600 } }, 0),
    pending: await submit({ ...impossible, queue_if_unavailable: true }),
    cancelled: { onAbsent, impossible: cancelledImpossible, ofCustomType },
    batch: batch_id,
    file: (await walk.succeed<Artifact>('storeArtifact', 201, { rawBody: 'of the scene' })).sha256,
  }
}

/** The new task of a retry. */
export const retried = (walk: Walk, task_id: string, body?: object): Promise<TaskRetried> =>
  walk.succeed('retryTask', 200, { params: { task_id }, ...(body === undefined ? {} : { body }) })
