/** Clients that use the cluster while it fails: they submit, cancel, retry and read, and write all of it into the journal. */
import { setTimeout as pause } from 'node:timers/promises'
import type {
  BatchCancellation,
  BatchSubmitted,
  TaskDetail,
  TaskRetried,
  TaskSubmission,
  TaskSubmitted,
} from '../../schemas/index.ts'
import type { Chance } from './chance.ts'
import type { Answered, Client } from './http.ts'
import type { Demand, Journal, Kind, Sent, Setting, Submission } from './journal.ts'
import type { Tape } from './tape.ts'
import { witnessCommand } from './witness.ts'

/** A load. */
export interface Load {
  /** Lets what is under way end, and begins nothing more. */
  stop(): Promise<void>
}

/** What a load works with. */
export type LoadOptions = {
  readonly client: Client
  /** Resolves while a server is there to be called. */
  readonly serving: () => Promise<void>
  readonly chance: Chance
  readonly journal: Journal
  readonly tape: Tape
  /** The witness file. */
  readonly witness: string
  /** Clients at a time. */
  readonly clients?: number
  /** Nothing is submitted while so many tasks are unfinished. */
  readonly maxUnfinished?: number
  /** Longest pause of a client between two calls, milliseconds. */
  readonly paceMs?: number
  /** Codes that the faults may cause, beside what every load may be refused: then it must not have been done. */
  readonly mayBeRefused?: readonly string[]
}

/** The exit code of a task that is to fail, and how often it is repeated. */
export const FAILING = { exitCode: 3, max_retries: 1 } as const

/** A task of a kind; an echo says the batch that it belongs to. */
const taskOf = (kind: Kind, batch_id: string, witness: string): TaskSubmission => {
  switch (kind) {
    case 'echo':
      return { task_type: 'echo', payload: { message: batch_id } }
    case 'sleep':
      return { task_type: 'sleep', payload: { duration: 0.2 } }
    case 'witness':
      return { task_type: 'command', payload: { command: witnessCommand(witness) } }
    case 'tree':
      return { task_type: 'command', payload: { command: witnessCommand(witness, { lingers: 0.4 }) } }
    case 'failing':
      return {
        task_type: 'command',
        payload: { command: witnessCommand(witness, { exitCode: FAILING.exitCode }) },
        max_retries: FAILING.max_retries,
      }
  }
}

/** Starts the load. */
export const startLoad = (options: LoadOptions): Load => {
  const { client, serving, chance, journal, tape, witness, clients = 3, maxUnfinished = 40, paceMs = 30 } = options
  // What is final already can be neither cancelled nor, where it went well, retried.
  const refusals = new Set(['TASK_NOT_CANCELLABLE', 'TASK_NOT_RETRYABLE', ...(options.mayBeRefused ?? [])])
  let isStopped = false

  /** Sends a request; under a key again and again, until it is answered. */
  const send = async <T>(method: string, path: string, body: unknown, key: string | null) => {
    const headers = key === null ? {} : { 'idempotency-key': key }
    for (;;) {
      const answer = await client.call<T>(method, path, body, headers)
      if (answer?.error !== undefined && !refusals.has(answer.error.code))
        journal.findings.push(
          `${method} ${path} is answered ${answer.status} ${answer.error.code}: ${answer.error.message}`,
        )
      if (answer !== undefined || key === null) return answer
      await pause(chance.between(0, paceMs))
      await serving()
    }
  }

  const settle = <T>(
    entry: Submission | Demand | Setting,
    answer: Answered<T> | undefined,
    task_ids: (data: T) => readonly string[],
  ) => {
    if (answer === undefined) entry.told = 'unknown'
    else if (answer.status >= 400) entry.told = 'refused'
    else journal.acknowledge(entry, task_ids(answer.data))
  }

  const kind = () => chance.pick<Kind>(['echo', 'echo', 'sleep', 'witness', 'witness', 'tree', 'failing'])
  const sent = () => chance.pick<Sent>(['once', 'until answered'])

  /** One task by itself, several as a batch: the same entry always makes the same request. */
  const post = async ({ batch_id, kinds, key }: Submission): Promise<Answered<readonly string[]> | undefined> => {
    const [first, ...others] = kinds.map((each) => taskOf(each, batch_id, witness))
    if (others.length > 0) {
      const batch = { batch_id, tasks: [first, ...others] }
      const answer = await send<BatchSubmitted>('POST', '/api/v1/tasks/batch', batch, key)
      return answer && { ...answer, data: answer.status === 201 ? answer.data.task_ids : [] }
    }
    const answer = await send<TaskSubmitted>('POST', '/api/v1/tasks', { ...first, batch_id }, key)
    return answer && { ...answer, data: answer.status === 201 ? [answer.data.task_id] : [] }
  }

  const submit = async (tasks: number) => {
    const entry = journal.submission(Array.from({ length: tasks }, kind), sent())
    settle(entry, await post(entry), (task_ids) => task_ids)
  }

  /** What was answered under a key is answered again, and does nothing. */
  const repeat = async (entry: Submission) => {
    const answer = await post(entry)
    if (answer?.data.join() !== entry.task_ids.join())
      journal.findings.push(`${entry.batch_id}, sent again, is answered ${answer?.status} ${answer?.data.join()}`)
  }

  const cancel = async (task_id: string) => {
    const entry = journal.cancellation(task_id)
    settle(entry, await send('DELETE', `/api/v1/tasks/${task_id}`, undefined, null), () => [])
  }

  const cancelMany = async (task_ids: readonly string[]) => {
    const entries = new Map(task_ids.map((task_id) => [task_id, journal.cancellation(task_id)]))
    const answer = await send<BatchCancellation>('POST', '/api/v1/tasks/batch/cancel', { task_ids }, null)
    // A full disk refuses them all together: then there are no outcomes.
    const outcomes = answer?.status === 200 ? answer.data.outcomes : []
    const told = new Map(outcomes.map(({ task_id, outcome }) => [task_id, outcome]))
    for (const [task_id, entry] of entries)
      entry.told = answer === undefined ? 'unknown' : told.get(task_id) === 'cancelled' ? 'acknowledged' : 'refused'
  }

  const retry = async (task_id: string) => {
    const entry = journal.retry(task_id, sent())
    const answer = await send<TaskRetried>('POST', `/api/v1/tasks/${task_id}/retry`, {}, entry.key)
    settle(entry, answer, ({ new_task_id }) => [new_task_id])
  }

  /** A setting that is another one each time, and changes nothing that a test could notice. */
  const set = async () => {
    const entry = journal.setting()
    const patch = { retention: { task_days: entry.task_days } }
    settle(entry, await send('PUT', '/api/v1/config', patch, null), () => [])
  }

  const read = async (task_id: string) => {
    const answer = await client.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}`)
    if (answer !== undefined && answer.status !== 200)
      journal.findings.push(`${task_id} was acknowledged, and a read says ${answer.status} ${answer.error?.code}`)
  }

  /** One of the newest: something still happens to them. */
  const recent = <T>(entries: readonly T[]): T | undefined =>
    entries[entries.length - 1 - chance.below(Math.min(30, entries.length))]

  const acknowledgedOf = (tasks: number) =>
    Array.from({ length: tasks }, () => recent(journal.acknowledged)).filter((task_id) => task_id !== undefined)

  const act = async () => {
    const some = recent(journal.acknowledged)
    const submission = recent(journal.submissions)
    const unfinished = tape.created.size - tape.ends.size
    const what = chance.between(0, 100)
    if (some !== undefined && what < 9) await cancel(some)
    else if (some !== undefined && what < 12) await cancelMany([...new Set(acknowledgedOf(3))])
    else if (some !== undefined && what < 20) await retry(some)
    else if (submission !== undefined && submission.key !== null && submission.told === 'acknowledged' && what < 25)
      await repeat(submission)
    else if (some !== undefined && (what < 35 || unfinished >= maxUnfinished)) await read(some)
    else await submit(what < 45 ? 2 + chance.below(4) : 1)
  }

  const useIt = async (client: number) => {
    while (!isStopped) {
      await serving()
      // One client alone changes the settings, so that they have an order.
      if (client === 0 && chance.happens(0.1)) await set()
      else await act()
      await pause(chance.between(0, paceMs))
    }
  }
  const all = Array.from({ length: clients }, (_, client) => useIt(client))
  return {
    stop: async () => {
      isStopped = true
      await Promise.all(all)
    },
  }
}
