/** What may be submitted: the refusals of CONTRACT.md §3, "When submitting". Pure. */
import { distance } from 'fastest-levenshtein'
import {
  type BuiltinType,
  builtinTypeNames,
  builtinTypes,
  isBuiltin,
  type TaskSubmission,
} from '../../schemas/index.ts'
import { ClusterError } from './errors.ts'
import type { PayloadProblemsOf } from './ports/payloads.ts'
import type { DeviceRecord, TaskRecord } from './ports/records.ts'
import { type Needs, needsOf } from './demand.ts'
import { allowedNowhere, couldEverRun, explain, offers, unmetEver } from './requirements.ts'
import { toInstant } from './instants.ts'
import type { Table } from './state.ts'

/** `DEVICE_NOT_FOUND` lists at most so many ids (CONTRACT.md §3). */
const NEAREST = 20

/** The devices that are registered. */
type Registered = Pick<Table<DeviceRecord>, 'get' | 'values' | 'size'>

const nearestFirst = (wanted: string, names: readonly string[]) =>
  names
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))

/** The refusal of an unknown device: with the nearest names first. */
export const deviceNotFound = (device_id: string, devices: Iterable<DeviceRecord>): ClusterError =>
  new ClusterError('DEVICE_NOT_FOUND', {
    device_id,
    available_devices: nearestFirst(
      device_id,
      [...devices].map(({ id }) => id),
    )
      .slice(0, NEAREST)
      .map(({ name }) => name),
  })

const checkType = (task_type: string, registered: Iterable<DeviceRecord>) => {
  if (isBuiltin(task_type)) return
  const devices = [...registered]
  if (devices.some((device) => offers(device, task_type))) return
  const custom = devices.flatMap(({ offer }) => offer.custom_types.map((type) => type.task_type))
  const available_types = [...new Set([...builtinTypeNames, ...custom])].sort()
  const nearest = nearestFirst(task_type, available_types)[0]
  throw new ClusterError('INVALID_TASK_TYPE', {
    task_type,
    available_types,
    // A third of the letters wrong is still a slip of the finger, and so are two letters that changed places, which count as two.
    ...(nearest !== undefined && nearest.far <= Math.max(2, task_type.length / 3) ? { suggestion: nearest.name } : {}),
  })
}

/** Of a built-in type whose payload names an input, the task must have it: else only the device would find out. */
const checkNamedInput = ({ task_type, payload, inputs = [] }: TaskSubmission) => {
  if (!isBuiltin(task_type)) return
  const { inputField }: BuiltinType = builtinTypes[task_type]
  const allowed = inputs.map(({ name }) => name)
  if (inputField === undefined || allowed.some((name) => name === payload[inputField])) return
  const path = `/payload/${inputField}`
  const message = 'must be the name of one of the inputs of the task: store the file, and name it in inputs'
  throw new ClusterError('VALIDATION_ERROR', {
    reason: `${path} ${message}`,
    issues: [{ in: 'body', path, message, allowed }],
  })
}

/** Of devices that offer a type of their owners' own with different schemas, one must take the payload: those that do not reject it. */
const checkPayload = (
  { task_type, payload }: TaskSubmission,
  candidates: Iterable<DeviceRecord>,
  problemsOf: PayloadProblemsOf,
) => {
  if (isBuiltin(task_type)) return
  const schemas = [...candidates].flatMap(({ offer }) =>
    offer.custom_types.filter((type) => type.task_type === task_type).map((type) => type.payload_schema),
  )
  const [first] = schemas
  if (first === undefined) return
  const problems = problemsOf(first, payload)
  const [worst] = problems
  if (worst === undefined) return
  // A hundred devices with the same file say the same.
  const others = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]))
  others.delete(JSON.stringify(first))
  for (const schema of others.values()) if (problemsOf(schema, payload).length === 0) return
  throw new ClusterError('VALIDATION_ERROR', {
    reason: `${`payload${worst.path}`.replaceAll('/', '.')} ${worst.message}`,
    issues: problems.map(({ path, message }) => ({ in: 'body', path: `/payload${path}`, message })),
  })
}

const checkPossible = (needs: Needs, candidates: () => Iterable<DeviceRecord>, { values }: Registered) => {
  // One is enough, and of nearly every task the first will do: of thousands of devices the others are not looked at.
  for (const device of candidates()) if (couldEverRun(needs, device)) return
  const judged = [...candidates()].map((device) => ({ device, unmet: unmetEver(needs, device) }))
  const nearest = judged.sort((a, b) => a.unmet.length - b.unmet.length || (a.device.id < b.device.id ? -1 : 1))[0]
  const first = nearest?.unmet[0]
  if (nearest === undefined || first === undefined) return
  const lacking = allowedNowhere(needs, [...values()])
  const unmet = nearest.unmet.find(({ required }) => required === lacking) ?? first
  throw new ClusterError('INSUFFICIENT_RESOURCES', {
    reason:
      lacking === undefined || unmet.allow === undefined
        ? explain(unmet, nearest.device.id)
        : `no registered device allows ${lacking}; start a worker with --allow ${unmet.allow}`,
    unmet_requirement: unmet.requirement,
    required: unmet.required,
    available: unmet.available,
    nearest_device: nearest.device.id,
  })
}

/**
 * Refuses what cannot be taken in.
 * @throws ClusterError `INVALID_TASK_TYPE`, `DEVICE_NOT_FOUND`, `VALIDATION_ERROR`, `DEVICE_OFFLINE`, `INSUFFICIENT_RESOURCES`
 */
export const admit = (submission: TaskSubmission, registered: Registered, problemsOf: PayloadProblemsOf): void => {
  const { task_type, device_id, queue_if_unavailable } = submission
  checkType(task_type, registered.values())
  checkNamedInput(submission)
  const requested = device_id === undefined ? undefined : registered.get(device_id)
  if (device_id !== undefined && requested === undefined) throw deviceNotFound(device_id, registered.values())
  const candidates = () => (requested === undefined ? registered.values() : [requested])
  checkPayload(submission, candidates(), problemsOf)
  if (queue_if_unavailable === true || registered.size === 0) return
  if (requested !== undefined && requested.status !== 'online')
    throw new ClusterError('DEVICE_OFFLINE', { device_id: requested.id })
  checkPossible(needsOf(submission), candidates, registered)
}

/** The record of a new task. `defaultTimeout` in seconds. */
export const newTask = (
  submission: TaskSubmission,
  identity: { task_id: string; sequence: number; original_task_id: string | null },
  defaultTimeout: number,
  now: number,
): TaskRecord => ({
  sequence: identity.sequence,
  attempt_epoch: 0,
  not_before_ms: 0,
  lost: 0,
  rejected_by: [],
  created_ms: now,
  ended_ms: null,
  task: {
    task_id: identity.task_id,
    task_type: submission.task_type,
    status: 'pending',
    device_id: null,
    requested_device_id: submission.device_id ?? null,
    priority: submission.priority ?? 'normal',
    batch_id: submission.batch_id ?? null,
    created_at: toInstant(now),
    started_at: null,
    completed_at: null,
    execution_time_seconds: null,
    progress: null,
    progress_message: null,
    result: null,
    error: null,
    pending_reason: null,
    attempt: 0,
    original_task_id: identity.original_task_id,
    payload: submission.payload,
    inputs: submission.inputs ?? [],
    outputs: submission.outputs ?? [],
    requirements: submission.requirements ?? {},
    timeout: submission.timeout ?? defaultTimeout,
    max_retries: submission.max_retries ?? 0,
    retries: 0,
    on_device_lost: submission.on_device_lost ?? 'requeue',
    queue_if_unavailable: submission.queue_if_unavailable ?? false,
    metadata: submission.metadata ?? {},
    attempts: [],
    detailed_log: [`${toInstant(now)}: taken in`],
    resource_usage: null,
  },
})
