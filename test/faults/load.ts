/** Clients that use the cluster while it fails: they submit, cancel, retry and read, and write all of it into the journal. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BatchSubmitted, TaskDetail, TaskRetried, TaskSubmission, TaskSubmitted } from '../../schemas/index.ts'
import type { Chance } from './chance.ts'
import type { Answered, Client } from './http.ts'
import type { Demand, Journal, Kind, Submission } from './journal.ts'
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
    case 'failing':
      return {
        task_type: 'command',
        payload: { command: witnessCommand(witness, FAILING.exitCode) },
        max_retries: FAILING.max_retries,
      }
  }
}

/** Starts the load. */
export const startLoad = (options: LoadOptions): Load => {
  const { client, serving, chance, journal, tape, witness, clients = 3, maxUnfinished = 40, paceMs = 30 } = options
  let isStopped = false

  const settle = <T>(
    entry: Submission | Demand,
    answer: Answered<T> | undefined,
    task_ids: (data: T) => readonly string[],
  ) => {
    if (answer === undefined) entry.told = 'unknown'
    else if (answer.status >= 400) entry.told = 'refused'
    else journal.acknowledge(entry, task_ids(answer.data))
    if (answer !== undefined && answer.status >= 500) journal.findings.push(`${answer.status}: ${answer.error?.code}`)
  }

  const kinds = () => chance.pick<Kind>(['echo', 'echo', 'witness', 'witness', 'failing', 'sleep'])

  const submit = async () => {
    const kind = kinds()
    const entry = journal.submission([kind])
    const body = { ...taskOf(kind, entry.batch_id, witness), batch_id: entry.batch_id }
    settle(entry, await client.call<TaskSubmitted>('POST', '/api/v1/tasks', body), ({ task_id }) => [task_id])
  }

  const submitBatch = async () => {
    const entry = journal.submission(Array.from({ length: 2 + chance.below(4) }, kinds))
    const { batch_id } = entry
    const body = { batch_id, tasks: entry.kinds.map((kind) => taskOf(kind, batch_id, witness)) }
    const answer = await client.call<BatchSubmitted>('POST', '/api/v1/tasks/batch', body)
    settle(entry, answer, ({ task_ids }) => task_ids)
  }

  const cancel = async (task_id: string) => {
    const entry = journal.cancellation(task_id)
    settle(entry, await client.call('DELETE', `/api/v1/tasks/${task_id}`), () => [])
  }

  const retry = async (task_id: string) => {
    const entry = journal.retry(task_id)
    const answer = await client.call<TaskRetried>('POST', `/api/v1/tasks/${task_id}/retry`, {})
    settle(entry, answer, ({ new_task_id }) => [new_task_id])
  }

  const read = async (task_id: string) => {
    const answer = await client.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}`)
    if (answer !== undefined && answer.status !== 200)
      journal.findings.push(`${task_id} was acknowledged, and a read says ${answer.status} ${answer.error?.code}`)
  }

  const act = async () => {
    const { acknowledged } = journal
    // The newest are those that something still happens to.
    const some = acknowledged[acknowledged.length - 1 - chance.below(Math.min(30, acknowledged.length))]
    const unfinished = tape.created.size - tape.ends.size
    const what = chance.between(0, 100)
    if (some !== undefined && what < 12) await cancel(some)
    else if (some !== undefined && what < 20) await retry(some)
    else if (some !== undefined && (what < 30 || unfinished >= maxUnfinished)) await read(some)
    else if (what < 40) await submitBatch()
    else await submit()
  }

  const useIt = async () => {
    while (!isStopped) {
      await serving()
      await act()
      await pause(chance.between(0, paceMs))
    }
  }
  const all = Array.from({ length: clients }, useIt)
  return {
    stop: async () => {
      isStopped = true
      await Promise.all(all)
    },
  }
}
