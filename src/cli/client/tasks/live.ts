/** Waiting for one task: on a terminal with what it prints, as it prints it. */
import type { TaskDetail } from '../../../../schemas/task.ts'
import { tasksResource } from '../../../client/resources/tasks.ts'
import { harmless, harmlessJson } from '../../harmless.ts'
import { Failure } from '../../failure.ts'
import type { Api } from '../api.ts'
import { awaitTask, endWith, leftBehind } from '../awaiting.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { type Output, printRecord } from '../output.ts'
import { span } from '../presentation.ts'
import { statusLine } from '../status-line.ts'

/** What a terminal gets of a task's output, piece by piece: text that cannot steer it. */
export const forTerminal = (): ((piece: string) => string) => {
  // The two characters of a line end may come in two pieces.
  let held = ''
  return (piece) => {
    const text = held + piece
    held = text.endsWith('\r') ? '\r' : ''
    return harmless(text.slice(0, text.length - held.length).replaceAll('\r\n', '\n'))
  }
}

const summary = ({ task_id, status, device_id, execution_time_seconds }: TaskDetail): string => {
  const where = device_id === null ? '' : ` on ${device_id}`
  const took = execution_time_seconds === null ? '' : ` in ${span(execution_time_seconds)}`
  return `${task_id} ${status}${where}${took}\n`
}

/** Shows what it prints, and a turning sign while it prints nothing. */
const follow = async (api: Api, output: Output, task_id: string, signal: AbortSignal): Promise<TaskDetail> => {
  const line = statusLine(() => `waiting for ${task_id}`)
  const shown = forTerminal()
  let last = '\n'
  try {
    for await (const piece of tasksResource(api).followOutput(task_id, { signal })) {
      line.end()
      await output.write(shown(piece))
      last = piece
    }
    return await awaitTask(api, task_id, signal)
  } finally {
    line.end()
    if (!last.endsWith('\n')) await output.write('\n')
  }
}

/** Waits until a signal comes: it ends the client, and the task goes on. @throws Failure that says so */
const untilInterrupted = (task_id: string, wait: (signal: AbortSignal) => Promise<TaskDetail>): Promise<TaskDetail> =>
  interruptible(async (signal) => {
    try {
      return await wait(signal)
    } catch (error) {
      if (!(signal.reason instanceof Interrupted)) throw error
      throw new Failure(signal.reason.exitCode, leftBehind(task_id), { cause: error })
    }
  })

/**
 * Waits for the end of a task, and shows it: to people what it printed and one line, to programs all that is known of it.
 * @throws Failure as {@link endWith}; where a signal came first, one that says what becomes of the task
 */
export const showEnd = async (
  { api, output }: { readonly api: Api; readonly output: Output },
  task_id: string,
  how: { readonly handThrough: boolean },
): Promise<void> => {
  const isForPeople = output.format === 'table' && !output.quiet && process.stdout.isTTY
  const task = await untilInterrupted(task_id, (signal) =>
    isForPeople ? follow(api, output, task_id, signal) : awaitTask(api, task_id, signal),
  )
  if (!isForPeople) await printRecord(output, task)
  else {
    const value = task.result?.value ?? null
    if (value !== null) await output.write(`${harmlessJson(value, 2)}\n`)
    // How a task failed is the last sentence of the command.
    if (task.status === 'completed') output.note(summary(task))
  }
  endWith(task, how)
}
