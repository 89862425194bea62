/** Flags and arguments that several commands on tasks share. */
import type { TSchema } from '@sinclair/typebox'
import { components, resolve } from '../../../../schemas/component.ts'
import { Priority } from '../../../../schemas/task.ts'
import { TaskListQuery, type TaskSubmission } from '../../../../schemas/task-requests.ts'
import { flag, optional } from '../../options/flag.ts'
import type { Values } from '../../options/flag.ts'
import { ofSchema, repeated, text, toggle } from '../../options/readers.ts'
import { readObject } from '../json-input.ts'

const query = TaskListQuery.properties

/** How urgent. */
export const priority = ofSchema(resolve(Priority) as typeof Priority, '')

/** A field that submissions of every type share; that of the types which devices offer speaks for all. */
const submissionField = (name: string): TSchema => {
  const { properties } = components().get('CustomSubmission') as TSchema & { properties: Record<string, TSchema> }
  const schema = properties[name]
  if (schema === undefined) throw new TypeError(`a submission has no ${name}`)
  return schema
}
const number = (name: string, placeholder: string) =>
  ofSchema(submissionField(name) as TSchema & { static: number }, placeholder)

/** What a submission may say, beside type and payload. */
export const submissionFlags = {
  priority: optional(priority, 'How urgent.', 'normal'),
  timeout: optional(number('timeout', 'SECONDS'), 'Running time after which it is ended.', "the cluster's"),
  retries: optional(number('max_retries', 'N'), 'How often a failed run is repeated.', '0'),
} as const

/** Which devices get the task, and whether it waits for one. */
export const placementFlags = {
  requirements: optional(text('JSON'), 'What a device must have: a JSON object, @FILE, or -.'),
  queue_if_unavailable: flag(toggle, 'Take it in, and let it wait, though no device could do it now.', false),
} as const

/** The files that a task takes. */
export const inputFileFlag = flag(
  repeated(text('FILE[:NAME]')),
  'A file that the task finds in its directory, by its own name or another; repeat it for several.',
  [],
  'none',
)

/** What the flags say of a submission, as the API takes it. @throws UsageError where the requirements are no JSON object */
export const submissionOptions = async (
  values: Values<typeof submissionFlags> & Partial<Values<typeof placementFlags>>,
): Promise<Omit<TaskSubmission, 'task_type' | 'payload'>> => ({
  ...(values.priority === undefined ? {} : { priority: values.priority }),
  ...(values.timeout === undefined ? {} : { timeout: values.timeout }),
  ...(values.retries === undefined ? {} : { max_retries: values.retries }),
  ...(values.requirements === undefined
    ? {}
    : { requirements: await readObject('--requirements', values.requirements) }),
  // As the API has it where nothing is said; said, the same work would have another name (`workOf`).
  ...(values.queue_if_unavailable === true ? { queue_if_unavailable: true } : {}),
})

/** A batch of tasks. */
export const batchId = ofSchema(query.batch_id, 'BATCH_ID')

/** The one task of a command. */
export const taskArgument = { name: 'TASK_ID', description: 'The id of the task.' }

/** Whether the exit code of the task becomes that of the client. */
export const exitCode = flag(
  toggle,
  "With a failed task, end with the exit code of the task's own program instead of 4.",
  false,
)

/** Whether files are replaced. */
export const overwriteFlag = flag(toggle, 'Replace files that are there with another content.', false)

/** The key under which a command does nothing twice. */
export const idempotencyKey = {
  ...optional(
    // Room is left for the number of a step: more tasks than one call takes are several requests.
    text('KEY', /^[\x20-\x7e]{1,240}$/, '1 to 240 printable ASCII characters'),
    'The same command with the same key does nothing twice within 24 hours.',
    'another one each time',
  ),
  // A file serves many commands.
  inFile: false,
}
