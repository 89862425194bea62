/** Waiting for one task: on a terminal with what it prints, as it prints it. */
import type { TaskDetail } from '../../../../schemas/task.ts'
import { tasksResource } from '../../../client/resources/tasks.ts'
import { pause } from '../../../client/retrying.ts'
import { harmless, harmlessJson } from '../../harmless.ts'
import { Failure } from '../../failure.ts'
import type { Api } from '../api.ts'
import { awaitTask, endWith, leftBehind } from '../awaiting.ts'
import { Interrupted, interruptible } from '../interrupt.ts'
import { oneLine, type Output, printRecord } from '../output.ts'
import { patienceAfter } from '../patience.ts'
import { howFar, span } from '../presentation.ts'
import { statusLine } from '../status-line.ts'

/** How often it is asked how far a task is: that takes a fifth of the API's budget of reads. */
const PROGRESS_MS = 5000

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

/** Tells again and again how far a task says that it is, where it says so. */
const watchProgress = async (
  api: Api,
  task_id: string,
  tell: (progress: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  for (let atLeastMs = 0; ;) {
    await pause(Math.max(PROGRESS_MS, atLeastMs), signal)
    try {
      const { task } = await api.call('getTask', { path: { task_id }, call: { signal } })
      const progress = howFar(task.progress, task.progress_message)
      if (progress !== null) tell(progress)
      atLeastMs = 0
    } catch (error) {
      atLeastMs = patienceAfter(error)
    }
  }
}

/** Shows what it prints, and while it prints nothing a turning sign, with how far it is. */
const follow = async (api: Api, output: Output, task_id: string, signal: AbortSignal): Promise<TaskDetail> => {
  let text = `waiting for ${task_id}`
  const line = statusLine(() => text)
  const shown = forTerminal()
  let last = '\n'
  const over = new AbortController()
  const tell = (progress: string) => (text = oneLine(`${task_id} ${progress}`))
  // What keeps it from being told keeps the output from being read, and is told there.
  if (process.stderr.isTTY) void watchProgress(api, task_id, tell, over.signal).catch(() => undefined)
  try {
    for await (const piece of tasksResource(api).followOutput(task_id, { signal })) {
      line.hide()
      await output.write(shown(piece))
      last = piece
      if (last.endsWith('\n')) line.show()
    }
    return await awaitTask(api, task_id, signal)
  } finally {
    over.abort()
    line.hide()
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
