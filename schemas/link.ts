/**
 * The messages of the link: JSON-RPC 2.0 over one WebSocket per device. Ends of different builds speak with each other: a field that
 * is added is optional, and an end that does not know it drops it; no value is added to an enum.
 */
import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from '@sinclair/typebox'
import { ClusterNodes } from './cluster-node.ts'
import { component, nullable, object, oneOf } from './component.ts'
import { anyJson, anyObject, count, id, integer, list, MAX_SAFE, seconds, text } from './primitives.ts'
import { DeviceProfile, Offer, Telemetry } from './device-profile.ts'
import { Role, Tags } from './device.ts'
import { ErrorCodeName, ErrorDetails } from './errors.ts'
import { TaskInputs, TaskOutputs } from './artifact.ts'
import { progressFields, ResourceUsage, TaskError, TaskResult } from './task.ts'
import { MOST_UNCLEAN_STOPS, uncleanStopFields } from './unclean-stop.ts'

/** A message of a link. It stays inline (it is no component of the HTTP contract); only its type is folded. */
export const linkMessage = <T extends TProperties>(description: string, properties: T): TUnsafe<Static<TObject<T>>> =>
  Type.Unsafe<Static<TObject<T>>>(object(description, properties))

/** The subprotocol of the first builds, which end a link on which a field comes that they do not know. */
export const FIRST_SUBPROTOCOL = 'retire-cluster.v1'
/** The subprotocol of builds that drop the fields that they do not know. */
export const SUBPROTOCOL = 'retire-cluster.v1.1'
/** The WebSocket subprotocols of the link, the best first: a worker offers them, and the node takes the first that it knows. */
export const SUBPROTOCOLS: readonly string[] = [SUBPROTOCOL, FIRST_SUBPROTOCOL]

/** The largest message on a link, in bytes: a task of 2 MiB with its envelope, or a result of 1 MiB whose every byte is escaped. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024

/** What an assignment is known by: the number of the attempt, and the epoch of the store that made it. */
export const AttemptRef = component(
  'AttemptRef',
  object('One attempt. A restored store starts a new epoch, so that its numbers never meet those of before.', {
    task_id: id('The task.'),
    epoch: count('The epoch of the store.'),
    attempt: integer('The number of the attempt.', 1, MAX_SAFE),
  }),
)
/** What an assignment is known by. */
export type AttemptRef = Static<typeof AttemptRef>

/**
 * The credential of a device: 256 random bits or more, base64url. The device makes it itself and keeps it before its first
 * hello, so that nothing is lost if it dies before it hears the answer; the node keeps its SHA-256.
 */
export const Credential = text('The credential of the device, of its own making.', 256, {
  minLength: 43,
  pattern: '^[A-Za-z0-9_-]{43,256}$',
})

/** The last millisecond that an instant of the contract can tell: the end of the year 9999. */
const LAST_MS = 253_402_300_799_999

/** An end of the worker that nobody asked for, as its next run tells it. */
export const UncleanStopReport = linkMessage('An end of the worker that nobody asked for.', {
  ...uncleanStopFields,
  started_ms: integer('When that run began, by the clock of the device, epoch milliseconds.', 0, LAST_MS),
  last_alive_ms: integer('When it was last known to run, by the clock of the device, epoch milliseconds.', 0, LAST_MS),
})
/** An end of the worker that nobody asked for, as its next run tells it. */
export type UncleanStopReport = Static<typeof UncleanStopReport>

/** The first message of a device. */
export const HelloParams = linkMessage('The first message of a device.', {
  device_id: nullable(id('The id that it has, or wants; null: the node makes one.')),
  credential: Credential,
  session: nullable(
    text(
      'What the node said in its last welcome to this run of the worker; null before the first. It tells the worker that comes back from another one with a copy of its credential.',
      64,
    ),
  ),
  join_token: nullable(text('The token with which it joins; null where it has joined.', 256)),
  role: Role,
  tags: Tags,
  profile: DeviceProfile,
  telemetry: Telemetry,
  offer: Offer,
  running: list(AttemptRef, 'Attempts that it is running, or has yet to start.', 65_536),
  finished: list(AttemptRef, 'Attempts whose results wait in its outbox.', 1_000_000),
  unclean_stops: Type.Optional(
    list(
      UncleanStopReport,
      'Ends of the worker that nobody asked for and the node was not told of, the oldest first.',
      MOST_UNCLEAN_STOPS,
    ),
  ),
})
/** The first message of a device. */
export type HelloParams = Static<typeof HelloParams>

/** Settings that the node gives its workers. */
export const WorkerSettings = component(
  'WorkerSettings',
  object('Settings that the node gives its workers.', {
    heartbeat_interval: integer('Seconds between two heartbeats.', 1, 3600),
    offline_threshold: integer('Seconds of silence after which a device is offline.', 2, 86_400),
    reconnect_grace: integer('Seconds that a device has to reconnect.', 0, 86_400),
  }),
)
/** Settings that the node gives its workers. */
export type WorkerSettings = Static<typeof WorkerSettings>

const attemptFields = {
  task_id: id('The task.'),
  epoch: count('The epoch of the store.'),
  attempt: integer('The number of the attempt.', 1, MAX_SAFE),
}

/** How much of an attempt's output the node has. */
export const PrintedSoFar = linkMessage('How much of the output of an attempt the node has.', {
  ...attemptFields,
  offset: count('Where in the output the next piece belongs, in characters (UTF-16 units).'),
})
/** How much of an attempt's output the node has. */
export type PrintedSoFar = Static<typeof PrintedSoFar>

/** What the node answers to a hello. */
export const HelloResult = linkMessage('What the node answers to a hello.', {
  device_id: id('The id of the device.'),
  session: text('To be said in the next hello, and kept nowhere.', 64),
  approved: Type.Boolean({ description: 'False while it waits for its owner to approve it: it gets no tasks.' }),
  cluster_version: text('Version of the node.', 64),
  settings: WorkerSettings,
  abandon: list(
    AttemptRef,
    'Attempts to end: superseded, cancelled or unknown. Their slots are free when their ends are told.',
    1_000_000,
  ),
  printed: list(
    PrintedSoFar,
    'Of the other running attempts, where the output goes on: what was on its way when the connection was lost, or went down with the node, is sent again.',
    65_536,
  ),
  nodes: Type.Optional(ClusterNodes),
  ends_tell_starts: Type.Optional(
    Type.Boolean({
      description:
        'True where it takes the end of an attempt for its start as well: of what is over at once the start need not be told.',
    }),
  ),
})
/** What the node answers to a hello. */
export type HelloResult = Static<typeof HelloResult>

/** A task to run. */
export const RunParams = linkMessage('A task to run.', {
  ...attemptFields,
  task_type: id('Its type.'),
  payload: anyObject('Its payload.'),
  timeout_seconds: Type.Number({
    minimum: 1,
    maximum: 86_400,
    description: 'Running time after which it is to be ended.',
  }),
  inputs: Type.Optional(TaskInputs),
  outputs: Type.Optional(TaskOutputs),
})
/** A task to run. */
export type RunParams = Static<typeof RunParams>

/** An attempt to end. */
export const CancelParams = linkMessage('An attempt to end.', attemptFields)
/** An attempt has started. */
export const StartedParams = linkMessage('An attempt has started.', attemptFields)
/** Live output of an attempt. */
export const OutputParams = linkMessage('Output of a running attempt.', {
  ...attemptFields,
  offset: count('Where in the output the text begins, in characters (UTF-16 units).'),
  text: text('The text.', 1_048_576),
})
/** Live output of an attempt. */
export type OutputParams = Static<typeof OutputParams>

/** How far an attempt is, in its own words. */
export const Progress = linkMessage('How far an attempt is, in its own words.', progressFields)
/** How far an attempt is, in its own words. */
export type Progress = Static<typeof Progress>

/** How far an attempt is. A node of an older version ignores it, as any notification that it does not know. */
export const ProgressParams = linkMessage('How far a running attempt is, as it says itself.', {
  ...attemptFields,
  ...progressFields,
})
/** How far an attempt is. */
export type ProgressParams = Static<typeof ProgressParams>

/** How an attempt ended. */
export const AttemptOutcome = oneOf(
  ['completed', 'failed', 'cancelled', 'rejected', 'returned'],
  'rejected: the device cannot run it; returned: the device stops, and hands it back unfinished.',
)
/** The end of an attempt. The answer to this request means that the result is on the node’s disk. */
export const FinishedParams = linkMessage('The end of an attempt.', {
  ...attemptFields,
  outcome: AttemptOutcome,
  result: nullable(TaskResult),
  error: nullable(TaskError),
  execution_time_seconds: nullable(seconds('Running time.')),
  resource_usage: nullable(ResourceUsage),
  progress: Type.Optional({
    ...Progress,
    description: 'What it said last of how far it is; absent where it said nothing.',
  }),
  rejection: Type.Optional(
    oneOf(
      ['program', 'task_type', 'input'],
      'Of a rejection, what the device cannot run, so that it is not asked for the like: the program, tasks of this type at all, or input of this size. Absent where it concerns this one task.',
    ),
  ),
})
/** The end of an attempt. */
export type FinishedParams = Static<typeof FinishedParams>

/** A heartbeat. */
export const HeartbeatParams = linkMessage('A heartbeat.', { telemetry: Telemetry })
/** More of what the device is, or something else of it, than it said at its hello. */
export const ProfileParams = linkMessage('What the device is, where more of it has become known since its hello.', {
  profile: DeviceProfile,
})
/** What the device offers from now on. A node that does not know the method is told by the next hello. */
export const OfferParams = linkMessage(
  'What the device offers from now on, where it is something else than at its hello.',
  {
    offer: Offer,
  },
)
/** A goodbye: the device stops by itself. */
export const GoodbyeParams = linkMessage('The device stops by itself, and is offline at once.', {
  reason: text('Why.', 256),
})
/** A goodbye. */
export type GoodbyeParams = Static<typeof GoodbyeParams>
/** The nodes of the cluster, where they are others than at the hello. A device of an older version ignores it. */
export const NodesParams = linkMessage('The nodes of the cluster, where they are others than at the hello.', {
  nodes: ClusterNodes,
})
/** Nothing. */
export const Empty = linkMessage('Nothing.', {})

/** One method of the link: who calls it, what it takes and what it answers (null for a notification). */
export type LinkMethod = {
  readonly from: 'device' | 'node' | 'api'
  readonly params: TSchema
  readonly result: TSchema | null
}

/** The methods of the link. Both ends check every message against this table. */
export const linkMethods = {
  'device.hello': { from: 'device', params: HelloParams, result: HelloResult },
  'device.heartbeat': { from: 'device', params: HeartbeatParams, result: null },
  'device.profile': { from: 'device', params: ProfileParams, result: null },
  'device.offer': { from: 'device', params: OfferParams, result: Empty },
  'device.goodbye': { from: 'device', params: GoodbyeParams, result: null },
  'task.started': { from: 'device', params: StartedParams, result: null },
  'task.output': { from: 'device', params: OutputParams, result: null },
  'task.progress': { from: 'device', params: ProgressParams, result: null },
  'task.finished': { from: 'device', params: FinishedParams, result: Empty },
  'task.run': { from: 'node', params: RunParams, result: null },
  'task.cancel': { from: 'node', params: CancelParams, result: null },
  'device.ping': { from: 'node', params: Empty, result: Empty },
  'config.changed': { from: 'node', params: WorkerSettings, result: null },
  'nodes.changed': { from: 'node', params: NodesParams, result: null },
} as const satisfies Record<string, LinkMethod>

/** The name of a method. */
export type LinkMethodName = keyof typeof linkMethods
/** The methods that one side calls. */
export type MethodsFrom<Side extends LinkMethod['from']> = {
  [M in LinkMethodName]: (typeof linkMethods)[M]['from'] extends Side ? M : never
}[LinkMethodName]
/** What a method takes. */
export type ParamsOf<M extends LinkMethodName> = Static<(typeof linkMethods)[M]['params']>
/** What a method answers; undefined for a notification. */
export type ResultOf<M extends LinkMethodName> = (typeof linkMethods)[M]['result'] extends TSchema
  ? Static<(typeof linkMethods)[M]['result']>
  : undefined

/** A message of JSON-RPC 2.0, whatever it says: https://www.jsonrpc.org/specification */
export const RpcMessage = linkMessage('A message of JSON-RPC 2.0.', {
  jsonrpc: Type.Unsafe<'2.0'>({ type: 'string', const: '2.0', description: 'The version.' }),
  id: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_SAFE,
      description: 'Of a request and of its answer; a notification has none.',
    }),
  ),
  method: Type.Optional(text('The method.', 64)),
  params: Type.Optional(anyJson('What the method takes.')),
  result: Type.Optional(anyJson('The answer.')),
  error: Type.Optional(
    object('Why there is no answer.', {
      code: integer('A code of JSON-RPC, or -32000 for an error of the contract.', -32_768, 32_767),
      message: text('What went wrong.', 8192),
      data: Type.Optional(anyJson('The code of the contract and its details.')),
    }),
  ),
})
/** A message of JSON-RPC 2.0. */
export type RpcMessage = Static<typeof RpcMessage>

/** The code of JSON-RPC under which an error of the contract crosses the link (from the range left to servers). */
export const DOMAIN_ERROR = -32_000
/** The `data` of an error with the code {@link DOMAIN_ERROR}. */
export const DomainErrorData = linkMessage('An error of the contract.', { code: ErrorCodeName, details: ErrorDetails })
/** The `data` of an error with the code {@link DOMAIN_ERROR}. */
export type DomainErrorData = Static<typeof DomainErrorData>

/** Why a link was closed for good: WebSocket close codes of the private range (RFC 6455 §7.4.2). */
export const closeCodes = {
  /** A message did not meet its schema. */
  badMessage: 4400,
  /** The token or the credential is not known. */
  refused: 4401,
  /** The device was removed; the worker ends. */
  removed: 4403,
  /** The device was silent for too long, and is taken for offline: it comes back with a hello, and says what it has. */
  silent: 4408,
  /** Another connection of the same device took over. */
  replaced: 4409,
  /** The device was approved while it said hello: it comes back, and is online with its next one. */
  approved: 4410,
  /** Another node of the cluster schedules now: the device comes back with a hello, and says what it has. */
  moved: 4411,
  /** The node has as many links as it may. */
  full: 4429,
} as const
