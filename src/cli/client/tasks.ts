/** `retire-cluster tasks`: submit, look at, wait for, cancel, retry. */
import { randomUUID } from 'node:crypto'
import type { TSchema } from '@sinclair/typebox'
import type { BatchCancellation, BatchRetried } from '../../../schemas/batch.ts'
import { components, resolve } from '../../../schemas/component.ts'
import { Priority, type Task } from '../../../schemas/task.ts'
import {
  type TaskList,
  TaskListQuery,
  type TaskSubmission,
  type TaskSubmitted,
} from '../../../schemas/task-requests.ts'
import { flag, optional } from '../options/flag.ts'
import { ofSchema, text, toggle } from '../options/readers.ts'
import { awaitTask, endWith, readTask } from './awaiting.ts'
import { command, type CommandGroup } from './command.ts'
import { readObject } from './json-input.ts'
import { changeTasks, tasksArgument } from './many-tasks.ts'
import { type Column, printList, printRecord } from './output.ts'
import { tellOfMore } from './paging.ts'
import { showPlacement } from './placement.ts'

const query = TaskListQuery.properties
const priority = ofSchema(resolve(Priority) as typeof Priority, '')

/** A field that submissions of every type share; that of the types which devices offer speaks for all. */
const submissionField = (name: string): TSchema => {
  const { properties } = components().get('CustomSubmission') as TSchema & { properties: Record<string, TSchema> }
  const schema = properties[name]
  if (schema === undefined) throw new TypeError(`a submission has no ${name}`)
  return schema
}
const number = (name: string, placeholder: string) =>
  ofSchema(submissionField(name) as TSchema & { static: number }, placeholder)

const columns: readonly Column<Task>[] = [
  { name: 'task_id', of: ({ task_id }) => task_id },
  { name: 'task_type', of: ({ task_type }) => task_type },
  { name: 'status', of: ({ status }) => status },
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'priority', of: (task) => task.priority },
  { name: 'created_at', of: ({ created_at }) => created_at },
  { name: 'execution_time_seconds', of: ({ execution_time_seconds }) => execution_time_seconds },
  { name: 'exit_code', of: ({ result }) => result?.exit_code ?? null },
  { name: 'error', of: ({ error }) => error?.code ?? null },
]

const taskArgument = { name: 'TASK_ID', description: 'The id of the task.' }
const exitCode = flag(
  toggle,
  "With a failed task, end with the exit code of the task's own program instead of 4.",
  false,
)

const idempotencyKey = {
  ...optional(
    // Room is left for the number of a step: more tasks than one call takes are several requests.
    text('KEY', /^[\x20-\x7e]{1,240}$/, '1 to 240 printable ASCII characters'),
    'The same command with the same key does nothing twice within 24 hours.',
    'another one each time',
  ),
  // A file serves many commands.
  inFile: false,
}

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'submit',
    summary: 'Submit a task; with --wait, wait for its end and show it.',
    args: [{ name: 'TASK_TYPE', description: 'The task type: echo, sleep, system_info, command, …' }],
    flags: {
      payload: flag(text('JSON'), 'What the task works on: a JSON object, @FILE, or - for the standard input.', '{}'),
      device: optional(ofSchema(query.device_id, 'DEVICE_ID'), 'Run it on this device and no other.'),
      priority: optional(priority, 'How urgent.', 'normal'),
      timeout: optional(number('timeout', 'SECONDS'), 'Running time after which it is ended.', "the cluster's"),
      retries: optional(number('max_retries', 'N'), 'How often a failed run is repeated.', '0'),
      requirements: optional(text('JSON'), 'What a device must have: a JSON object, @FILE, or -.'),
      wait: flag(toggle, 'Wait for its end; a failed task ends with exit code 4.', false),
      exit_code: exitCode,
      idempotency_key: idempotencyKey,
    },
    examples: [
      `retire-cluster tasks submit echo --payload '{"message": "test"}'`,
      `retire-cluster tasks submit command --payload '{"command": ["uname", "-a"]}' --requirements '{"platform": "android"}' --wait`,
      'echo \'{"duration": 2}\' | retire-cluster tasks submit sleep --payload - --wait',
    ],
    run: async ({ api, format }, values, [task_type = '']) => {
      const submission: TaskSubmission = {
        task_type,
        payload: await readObject('--payload', values.payload),
        ...(values.device === undefined ? {} : { device_id: values.device }),
        ...(values.priority === undefined ? {} : { priority: values.priority }),
        ...(values.timeout === undefined ? {} : { timeout: values.timeout }),
        ...(values.retries === undefined ? {} : { max_retries: values.retries }),
        ...(values.requirements === undefined
          ? {}
          : { requirements: await readObject('--requirements', values.requirements) }),
      }
      const { idempotency_key: key = randomUUID() } = values
      const submitted = await api<TaskSubmitted>({
        method: 'POST',
        path: '/tasks',
        body: submission,
        idempotency: { key, step: 0 },
      })
      if (!values.wait) return printRecord(format, submitted)
      const task = await awaitTask(api, submitted.task_id)
      await printRecord(format, task)
      endWith(task, { handThrough: values.exit_code })
    },
  }),
  command({
    name: 'wait',
    summary: 'Wait for the end of a task and show it.',
    args: [taskArgument],
    flags: { exit_code: exitCode },
    run: async ({ api, format }, values, [task_id = '']) => {
      const task = await awaitTask(api, task_id)
      await printRecord(format, task)
      endWith(task, { handThrough: values.exit_code })
    },
  }),
  command({
    name: 'list',
    summary: 'List tasks, newest first.',
    flags: {
      status: optional(ofSchema(query.status, ''), 'Only tasks in this state.', 'all'),
      device_id: optional(
        ofSchema(query.device_id, 'DEVICE_ID'),
        'Only tasks that are assigned to this device or ran on it.',
      ),
      task_type: optional(ofSchema(query.task_type, 'TYPE'), 'Only tasks of this type.'),
      priority: optional(priority, 'Only tasks of this priority.'),
      batch_id: optional(ofSchema(query.batch_id, 'BATCH_ID'), 'Only tasks of this batch.'),
      since: optional(ofSchema(query.since, 'INSTANT'), 'Only tasks taken in at or after this instant.'),
      until: optional(ofSchema(query.until, 'INSTANT'), 'Only tasks taken in before this instant.'),
      limit: optional(ofSchema(query.limit, 'N'), 'Tasks a page.', '50'),
      cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
    },
    examples: [
      'retire-cluster tasks list --status failed --since 2026-11-24T00:00:00Z',
      'retire-cluster tasks list --output csv',
    ],
    run: async ({ api, format }, values) => {
      const list = await api<TaskList>({ method: 'GET', path: '/tasks', query: values })
      await printList(format, { whole: list, rows: list.tasks, columns })
      tellOfMore(format, list.next_cursor)
    },
  }),
  command({
    name: 'show',
    summary: 'Show all that is known of a task, or why it is where it is.',
    args: [taskArgument],
    flags: {
      placement: flag(toggle, 'Show for each device why it may have the task or not, with its score.', false),
    },
    examples: ['retire-cluster tasks show task-abc123 --placement'],
    run: async ({ api, format }, { placement }, [task_id = '']) =>
      placement ? showPlacement(api, format, task_id) : printRecord(format, await readTask(api, task_id)),
  }),
  command({
    name: 'cancel',
    summary: 'Cancel pending and running tasks.',
    args: [tasksArgument],
    flags: { batch: optional(ofSchema(query.batch_id, 'BATCH_ID'), 'All tasks of this batch that are not final.') },
    examples: ['retire-cluster tasks cancel task-abc123 task-def456', 'retire-cluster tasks cancel --batch nightly'],
    run: ({ api, format }, { batch }, args) =>
      changeTasks<BatchCancellation['outcomes'][number]>(
        format,
        { args, batch },
        { name: 'was_running', of: ({ was_running }) => was_running },
        (body) => api({ method: 'POST', path: '/tasks/batch/cancel', body }),
      ),
  }),
  command({
    name: 'retry',
    summary: 'Submit failed and cancelled tasks anew.',
    args: [tasksArgument],
    flags: {
      batch: optional(
        ofSchema(query.batch_id, 'BATCH_ID'),
        'All tasks of this batch that failed or were cancelled, and that were not retried yet.',
      ),
      priority: optional(priority, 'The priority of the new tasks.', 'that of the old ones'),
      idempotency_key: idempotencyKey,
    },
    examples: [
      'retire-cluster tasks retry --batch nightly --priority high',
      "retire-cluster tasks list --status failed --output json | jq -r '.tasks[].task_id' | retire-cluster tasks retry -",
    ],
    run: ({ api, format }, { batch, priority, idempotency_key: key = randomUUID() }, args) =>
      changeTasks<BatchRetried['outcomes'][number]>(
        format,
        { args, batch },
        { name: 'new_task_id', of: ({ new_task_id }) => new_task_id },
        (selection, step) =>
          api({
            method: 'POST',
            path: '/tasks/batch/retry',
            body: { ...selection, ...(priority === undefined ? {} : { priority }) },
            idempotency: { key, step },
          }),
      ),
  }),
]
