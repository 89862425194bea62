/** `retire-cluster devices run`: a command once on each of many devices. */
import type { Device } from '../../../../schemas/device.ts'
import { TaskListQuery } from '../../../../schemas/task-requests.ts'
import type { Task } from '../../../../schemas/task.ts'
import { newIdempotencyKey } from '../../../client/idempotency.ts'
import { devicesResource } from '../../../client/resources/devices.ts'
import { Failure, UsageError } from '../../failure.ts'
import { flag } from '../../options/flag.ts'
import { ofSchema, repeated } from '../../options/readers.ts'
import { type Api, named } from '../api.ts'
import { command } from '../command.ts'
import { type Column, printList } from '../output.ts'
import { counted, span } from '../presentation.ts'
import { runBatch } from '../tasks/batch.ts'
import { submissionFlags, submissionOptions } from '../tasks/flags.ts'
import { selectionFlags } from './list.ts'

/** What became of the command on one device; without a task where it cannot run there, and why. */
type Run = { readonly device_id: string; readonly task: Task | undefined; readonly why: string | null }

/** A line of a run: the first bears its figures, the others what it printed besides. */
type Line = { readonly run: Run | undefined; readonly text: string }

const status = ({ task }: Run) => task?.status ?? 'refused'
const exitCode = ({ task }: Run) => task?.result?.exit_code ?? null
const errorOf = ({ task, why }: Run) => task?.error?.message ?? why

const columns: readonly Column<Run>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'status', of: status },
  { name: 'exit_code', of: exitCode },
  { name: 'execution_time_seconds', of: ({ task }) => task?.execution_time_seconds ?? null },
  { name: 'output', of: ({ task }) => task?.result?.output ?? null },
  { name: 'error', of: errorOf },
]

const took = ({ task }: Run) => {
  const seconds = task?.execution_time_seconds ?? null
  return seconds === null ? null : span(seconds)
}
const onFirst =
  (of: (run: Run) => string | number | null) =>
  ({ run }: Line) =>
    run === undefined ? '' : of(run)

const shown: readonly Column<Line>[] = [
  { name: 'device_id', of: onFirst(({ device_id }) => device_id) },
  { name: 'status', of: onFirst(status) },
  { name: 'exit_code', of: onFirst(exitCode) },
  { name: 'took', of: onFirst(took) },
  { name: 'output', of: ({ text }) => text },
]

const linesOf = (run: Run): readonly Line[] => {
  const output = run.task?.result?.output.trimEnd() ?? ''
  const [first = '', ...rest] = (output === '' ? (errorOf(run) ?? '') : output).split('\n')
  return [{ run, text: first }, ...rest.map((text) => ({ run: undefined, text }))]
}

/** Why a device would not run it: a task for it would wait until that has changed. */
const obstacleOf = ({ task_types, schedulable, paused }: Device): string | null => {
  if (!task_types.includes('command')) return 'its owner does not allow it: --allow command'
  if (!schedulable) return 'it is drained: retire-cluster devices undrain'
  return paused === null ? null : `it takes no tasks now. ${paused.message}`
}

/** The devices that are meant, with what stands in the way; one that was named and is not online is meant too. */
const meant = async (
  api: Api,
  ids: readonly string[],
  filters: { readonly role?: string; readonly platform?: string; readonly tag: string[] },
): Promise<readonly Omit<Run, 'task'>[]> => {
  const found = new Map<string, string | null>()
  for await (const device of devicesResource(api).iterate({ ...filters, status: 'online', limit: 1000 }))
    found.set(device.id, obstacleOf(device))
  const wanted = ids.length === 0 ? [...found.keys()] : [...new Set(ids)]
  return wanted.map((device_id) => ({
    device_id,
    why: found.has(device_id) ? (found.get(device_id) ?? null) : 'it is not online, or does not match',
  }))
}

/** The command. */
export const run = command({
  name: 'run',
  summary: 'Run a command once on every online device that matches, and show what became of it in one table.',
  args: [{ name: 'COMMAND', description: 'The program and its arguments, behind --.', many: true }],
  flags: {
    ...selectionFlags,
    device: flag(
      repeated(ofSchema(TaskListQuery.properties.device_id, 'DEVICE_ID')),
      'Only this device; repeat it for several.',
      [],
      'all',
    ),
    ...submissionFlags,
  },
  examples: [
    'retire-cluster devices run --tag lab -- uname -a',
    'retire-cluster devices run --platform android --output csv -- df -h /',
  ],
  run: async ({ api, output }, { device: ids, role, platform, tag, ...values }, argv) => {
    if (argv.length === 0) throw new UsageError('Name the command behind --, such as -- uname -a. See --help.')
    const devices = await meant(api, ids, { ...named({ role, platform }), tag: [...tag] })
    if (devices.length === 0) throw new Failure(1, 'No online device matches; retire-cluster devices list shows all.')
    const able = devices.filter(({ why }) => why === null)
    const options = await submissionOptions(values)
    const submissions = able.map(({ device_id }) => ({
      task_type: 'command' as const,
      payload: { command: [...argv] },
      device_id,
      // Once means once: what a lost device may have done is not done again.
      on_device_lost: 'fail' as const,
      ...options,
    }))
    const batch_id = `run-${newIdempotencyKey()}`
    const tasks = submissions.length === 0 ? [] : await runBatch({ api, output }, batch_id, submissions)
    const taskOn = new Map(tasks.map((task) => [task.requested_device_id, task]))
    const runs = devices.map((device): Run => ({ ...device, task: taskOn.get(device.device_id) }))
    const whole = {
      batch_id,
      runs: runs.map((one) => Object.fromEntries(columns.map(({ name, of }) => [name, of(one)]))),
    }
    if (output.format === 'table' && !output.quiet)
      await printList(output, { whole, rows: runs.flatMap(linesOf), columns: shown })
    else await printList(output, { whole, rows: runs, columns })
    const well = runs.filter(({ task }) => task?.status === 'completed').length
    if (well < runs.length)
      throw new Failure(4, `The command went well on ${well} of ${counted(runs.length, 'device')}.`)
  },
})
