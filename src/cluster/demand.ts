/** What of a task decides where it may run. Pure. */
import type { Permission, Requirements, TaskSubmission } from '../../schemas/index.ts'
import type { TaskRecord } from './ports/records.ts'

/** What a task asks for. */
export type Needs = {
  readonly task_type: string
  readonly requested_device_id: string | null
  readonly requirements: Requirements
  /** What the owner of a device must allow beside the type; null for nothing. */
  readonly permission: Permission | null
  /** True where it takes or leaves files. */
  readonly files: boolean
}

/** What of a task decides where it may run. Tasks of equal demand form a class. */
export type Demand = Needs & {
  readonly rejected_by: readonly string[]
  /** The program that a `command` names (the first of its arguments); null for lines of a shell, and for other types. */
  readonly program: string | null
  /** The size of its input in KiB of JSON, rounded up to a power of two, so that sizes make few classes; 0 up to 64 KiB. */
  readonly input_kib: number
}

/** Inputs up to this size, in characters of JSON, make no difference between devices. */
const SMALL_INPUT = 65_536
const KIB = 1024

/** The size of a payload in KiB of JSON, rounded up to a power of two, so that sizes make few classes; 0 for small ones. */
const inputKib = (payload: object): number => {
  const { length } = JSON.stringify(payload)
  return length <= SMALL_INPUT ? 0 : 2 ** Math.ceil(Math.log2(length / KIB))
}

/** The program that a `command` names; null for lines of a shell, and for other types. */
export const programOf = ({ task }: TaskRecord): string | null => {
  const { command } = task.payload
  if (task.task_type !== 'command' || !Array.isArray(command)) return null
  const [program] = command as unknown[]
  return typeof program === 'string' ? program : null
}

/** Lines for a shell need a permission. Whether an `http_request` needs one, only the device knows that looks its host up. */
const permissionOf = (task_type: string, { shell }: Readonly<Record<string, unknown>>): Permission | null =>
  task_type === 'command' && shell === true ? 'shell' : null

/** What a submission asks for. */
export const needsOf = ({
  task_type,
  device_id,
  requirements,
  payload,
  inputs = [],
  outputs = [],
}: TaskSubmission): Needs => ({
  task_type,
  requested_device_id: device_id ?? null,
  requirements: requirements ?? {},
  permission: permissionOf(task_type, payload),
  files: inputs.length > 0 || outputs.length > 0,
})

/** What the demand of a task is. Its payload is measured: what waits has it in its class. */
export const demandOf = (record: TaskRecord): Demand => ({
  task_type: record.task.task_type,
  requested_device_id: record.task.requested_device_id,
  requirements: record.task.requirements,
  permission: permissionOf(record.task.task_type, record.task.payload),
  files: record.task.inputs.length > 0 || record.task.outputs.length > 0,
  rejected_by: record.rejected_by,
  program: programOf(record),
  input_kib: inputKib(record.task.payload),
})

/** Demands that are equal have the same key, whatever the order of their fields. */
export const demandKey = (demand: Demand): string =>
  JSON.stringify([
    demand.task_type,
    demand.requested_device_id,
    Object.entries(demand.requirements).sort(([a], [b]) => (a < b ? -1 : 1)),
    demand.permission,
    demand.files,
    demand.rejected_by,
    demand.program,
    demand.input_kib,
  ])

/** What tasks have in common that profit from the same warm caches: the type, and the program where there is one. */
export const likeOf = (record: TaskRecord): string => {
  const program = programOf(record)
  return program === null ? record.task.task_type : `${record.task.task_type} ${program}`
}
