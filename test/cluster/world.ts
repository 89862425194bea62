/** A node on a fake clock and a store in memory, with devices that the test plays. */
import type { Test } from 'tap'
import { newSecret } from '../../src/cluster/identifiers.ts'
import type { JoiningRules } from '../../src/cluster/joining.ts'
import { createNode, type Node, type NodeOptions } from '../../src/cluster/node.ts'
import type { Clock } from '../../src/cluster/ports/clock.ts'
import type { DeviceLink, DeviceSession } from '../../src/cluster/ports/link.ts'
import type {
  AttemptRef,
  ConfigPatch,
  FinishedParams,
  HelloParams,
  PrintedSoFar,
  RunParams,
  TaskResult,
  Telemetry,
} from '../../schemas/index.ts'
import { payloadProblems } from '../../src/link/payloads.ts'
import { fakeClock, settle, type FakeClock } from './fake-clock.ts'
import { memoryFiles, type MemoryFiles } from './memory-files.ts'
import { memoryStore, type MemoryStore } from './memory-store.ts'

/** The token with which the devices of a test join. */
export const JOIN_TOKEN = 'join-token-of-the-test'

/** The token of the worker that the node's own process starts. */
export const LOCAL_TOKEN = 'local-token-of-the-test'

/** Telemetry of an idle device. */
export const idle: Telemetry = {
  cpu_usage: 5,
  memory_used_gb: 1,
  storage_total_gb: 64,
  storage_used_gb: 16,
  network_rx_bytes_per_second: 100,
  network_tx_bytes_per_second: 200,
  load_average_1m: 0.1,
  temperature_celsius: 30,
  battery: null,
  metered: null,
  uptime_seconds: 3600,
}

/** A hello as a small Linux machine sends it. */
export const helloOf = (change: Partial<HelloParams> = {}): HelloParams => ({
  device_id: null,
  credential: newSecret(),
  session: null,
  join_token: JOIN_TOKEN,
  role: 'compute',
  tags: [],
  telemetry: idle,
  running: [],
  finished: [],
  profile: {
    hostname: 'box',
    platform: { os: 'linux', os_version: null, arch: 'x86_64', python_version: null, node_version: '24.0.0' },
    cpu_cores: 4,
    memory_total_gb: 8,
    model: null,
    cpu_model: null,
    capabilities: ['computational'],
    network_interfaces: ['eth0'],
    sensors: [],
    worker_version: '0.1.0',
  },
  offer: { slots: 2, task_types: ['echo', 'sleep', 'system_info'], allow: [], custom_types: [] },
  ...change,
})

/** A device that the test plays. */
export interface FakeDevice {
  readonly id: string
  readonly credential: string
  readonly session: DeviceSession
  /** The runs that it was given and has not ended. */
  readonly runs: RunParams[]
  /** The attempts that it was told to end. */
  readonly cancels: AttemptRef[]
  /** What its first hello told it to end. */
  readonly abandon: readonly AttemptRef[]
  /** Where its first hello told it to go on with the output of what runs. */
  readonly printed: readonly PrintedSoFar[]
  readonly closed: { code: number; reason: string } | undefined
  /** Answers pings while true; `never`: nothing tells that it does not but the time that passes. */
  answers: boolean | 'never'
  start(run: RunParams): Promise<void>
  finish(run: RunParams, change?: Partial<FinishedParams>): Promise<void>
  /** Its connection breaks. */
  drop(): Promise<void>
}

/** What a run that went well has left. */
export const wentWell = {
  output: 'done',
  exit_code: 0,
  signal: null,
  value: null,
  output_truncated: false,
  output_bytes: 4,
} as const satisfies TaskResult

/** The end of a run that went well. */
export const endOf = (run: AttemptRef, change: Partial<FinishedParams> = {}): FinishedParams => ({
  task_id: run.task_id,
  epoch: run.epoch,
  attempt: run.attempt,
  outcome: 'completed',
  result: wentWell,
  error: null,
  execution_time_seconds: 1,
  resource_usage: null,
  ...change,
})

/** A world to test in. */
export interface World {
  node: Node
  readonly clock: FakeClock
  readonly store: MemoryStore
  readonly files: MemoryFiles
  /** Faults that the node called fatal. */
  readonly broken: Error[]
  /** What it wrote to its log as errors. */
  readonly errors: readonly string[]
  /** A worker connects: one with a credential that was used before is the same one, unless it says another `session`. */
  connect(hello?: Partial<HelloParams>): Promise<FakeDevice>
  /** What the node said last to the worker with a credential. */
  sessionOf(credential: string): string | null
  /** The node dies without a word, and starts again from what is on disk; where they are given, by other rules. */
  restart(rules?: Partial<JoiningRules>): Promise<void>
  /** Ends the node for good. */
  close(): Promise<void>
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** The clock of one life of a node: when that is over, nothing that it waited for happens any more. */
export const lifeOf = (clock: Clock): { readonly clock: Clock; readonly end: () => void } => {
  let isOver = false
  const alive = (act: () => void) => () => {
    if (!isOver) act()
  }
  const own: Clock = {
    now: clock.now,
    monotonic: clock.monotonic,
    after: (delayMs, fire) => clock.after(delayMs, alive(fire)),
    endOfTurn: (flush) => clock.endOfTurn(alive(flush)),
  }
  return { clock: own, end: () => void (isOver = true) }
}

/** Opens a world; whoever opens it closes it. */
export const openWorld = async (
  pinned: ConfigPatch = {},
  joining: Partial<JoiningRules> = {},
  more: Pick<NodeOptions, 'directory'> = {},
): Promise<World> => {
  const clock = fakeClock()
  const store = memoryStore()
  const files = memoryFiles(clock)
  const broken: Error[] = []
  const errors: string[] = []
  const sessions = new Map<string, string>()
  const given = { ...joining }
  let life = lifeOf(clock)
  const start = () =>
    createNode({
      store,
      files,
      clock: life.clock,
      log: { ...silent, error: (_fields, message) => void errors.push(message) },
      version: '0.1.0',
      joining: { nodeToken: JOIN_TOKEN, localToken: LOCAL_TOKEN, requireApproval: false, ...given },
      invite: (token) => Promise.resolve({ token, command: `join ${token}`, url: `https://node.test/join#${token}` }),
      payloadProblems,
      config: { pinned, file: {} },
      share: () => 0.5,
      onBroken: (error) => broken.push(error),
      ...more,
    })
  const world: World = {
    node: await start(),
    clock,
    store,
    files,
    broken,
    errors,
    restart: async (rules = {}) => {
      life.end()
      life = lifeOf(clock)
      Object.assign(given, rules)
      world.node = await start()
      await settle()
    },
    sessionOf: (credential) => sessions.get(credential) ?? null,
    close: () => world.node.stop(),
    connect: async (change = {}) => {
      const runs: RunParams[] = []
      const cancels: AttemptRef[] = []
      let closed: { code: number; reason: string } | undefined
      const link: DeviceLink = {
        address: '127.0.0.1',
        notify: (method, params) => {
          if (method === 'task.run') runs.push(params as RunParams)
          if (method === 'task.cancel') cancels.push(params as AttemptRef)
        },
        request: (_method, _params, timeoutMs) => {
          const answer =
            device.answers === true
              ? Promise.resolve({})
              : new Promise((_resolve, reject) => {
                  const refuse = () => reject(new Error('no answer'))
                  if (device.answers === 'never') clock.after(timeoutMs, refuse)
                  else refuse()
                })
          return answer as Promise<never>
        },
        close: (code, reason) => {
          closed = { code, reason }
          session.closed('node')
        },
      }
      const session = world.node.gate.connect(link)
      const hello = helloOf({ session: world.sessionOf(change.credential ?? ''), ...change })
      const welcome = await session.hello(hello)
      sessions.set(hello.credential, welcome.session)
      if (runs.length > 0) throw new Error('a task came before the answer to the hello')
      const device: FakeDevice = {
        id: welcome.device_id,
        credential: hello.credential,
        session,
        runs,
        cancels,
        abandon: welcome.abandon,
        printed: welcome.printed,
        get closed() {
          return closed
        },
        answers: true,
        start: async ({ task_id, epoch, attempt }) => {
          session.started({ task_id, epoch, attempt })
          // Nobody waits for it: who reads, does.
          await world.node.cluster.status()
        },
        finish: async (run, end) => {
          runs.splice(runs.indexOf(run), 1)
          await session.finished(endOf(run, end))
          await settle()
        },
        drop: async () => {
          session.closed('device')
          await settle()
        },
      }
      await settle()
      return device
    },
  }
  return world
}

/** Builds a world; it ends with the test. */
export const createWorld = async (
  t: Test,
  pinned: ConfigPatch = {},
  joining: Partial<JoiningRules> = {},
  more: Pick<NodeOptions, 'directory'> = {},
): Promise<World> => {
  const world = await openWorld(pinned, joining, more)
  t.teardown(() => world.close())
  return world
}

/** Submits an echo, and returns its id. */
export const submitEcho = async (world: World, change: object = {}): Promise<string> => {
  const { task_id } = await world.node.cluster.tasks.submit({
    submission: { task_type: 'echo', payload: { message: 'hi' }, ...change },
    wait: 0,
  })
  await settle()
  return task_id
}
