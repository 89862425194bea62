/** The comparison at the end: what was acknowledged against what is there, what tasks witnessed, what the stream told, what the figures say. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type ClusterConfig,
  type ClusterStatus,
  defaultConfig,
  type DeviceList,
  type Task,
  type TaskList,
  type TaskStatistics,
} from '../../schemas/index.ts'
import type { Client } from './http.ts'
import type { Demand, Journal, Kind, Submission } from './journal.ts'
import { FAILING } from './load.ts'
import type { Tape } from './tape.ts'
import { type Run, runsOf } from './witness.ts'

/** What the oracle compares. */
export type Evidence = {
  readonly client: Client
  readonly journal: Journal
  readonly tape: Tape
  /** The witness file. */
  readonly witness: string
  /** How often the faults may let a task run: `once` where only the node was struck, `again` where workers were. */
  readonly runs: 'once' | 'again'
}

const ask = async <T>(client: Client, path: string): Promise<T> => {
  const answer = await client.call<T>('GET', path)
  if (answer?.status !== 200) throw new Error(`${path} says ${answer?.status ?? 'nothing'}`)
  return answer.data
}

/** Every task, and the counts of the last page. */
const allTasks = async (client: Client): Promise<{ tasks: Task[]; counts: TaskList }> => {
  const tasks: Task[] = []
  let cursor = ''
  for (;;) {
    const page = await ask<TaskList>(client, `/api/v1/tasks?limit=1000${cursor}`)
    tasks.push(...page.tasks)
    if (page.next_cursor === null) return { tasks, counts: page }
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

/** Resolves when no task is unfinished; with what still is, where it takes longer than `seconds`. */
export const settled = async (client: Client, seconds: number): Promise<string[]> => {
  const deadlineMs = performance.now() + seconds * 1000
  for (;;) {
    const { pending, running } = await ask<TaskList>(client, '/api/v1/tasks?limit=1')
    if (pending + running === 0) return []
    if (performance.now() > deadlineMs) {
      const pages = ['pending', 'running'].map((status) => ask<TaskList>(client, `/api/v1/tasks?status=${status}`))
      return (await Promise.all(pages))
        .flatMap(({ tasks }) => tasks)
        .map((task) => `stuck after ${seconds} s: ${JSON.stringify(task)}`)
    }
    await pause(100)
  }
}

/** What each task was submitted as. A retry is of the kind of what it repeats; what nobody submitted has none. */
const kindsOf = (journal: Journal, tasks: readonly Task[]): ((task: Task) => Kind | undefined) => {
  const kinds = new Map(journal.submissions.map((submission) => [submission.batch_id, submission.kinds]))
  const byId = new Map(tasks.map((task) => [task.task_id, task]))
  const original = (task: Task): Task => {
    const parent = byId.get(task.original_task_id ?? '')
    return parent === undefined ? task : original(parent)
  }
  const places = new Map<string, number>()
  const originals = new Map<string, Kind | undefined>()
  // Oldest first: the order of the request.
  for (const { task_id, batch_id, original_task_id } of tasks.toReversed()) {
    if (original_task_id !== null || batch_id === null) continue
    const place = places.get(batch_id) ?? 0
    originals.set(task_id, kinds.get(batch_id)?.[place])
    places.set(batch_id, place + 1)
  }
  return (task) => originals.get(original(task).task_id)
}

/** Each submission is there whole, once, or not at all, as the client was told. */
const compareSubmissions = ({ journal }: Evidence, tasks: readonly Task[]): string[] => {
  const findings: string[] = []
  const originals = Map.groupBy(
    tasks.filter(({ original_task_id }) => original_task_id === null),
    ({ batch_id }) => batch_id ?? '',
  )
  const compare = ({ batch_id, kinds, told, task_ids }: Submission) => {
    // Newest first, so that the order of the request is the reverse.
    const there = (originals.get(batch_id) ?? []).map(({ task_id }) => task_id).reverse()
    originals.delete(batch_id)
    const isRight =
      told === 'acknowledged'
        ? there.join() === task_ids.join()
        : there.length === 0 || (told === 'unknown' && there.length === kinds.length)
    if (!isRight)
      findings.push(`${batch_id}, ${told} as ${task_ids.join() || 'nothing'}, is there as ${there.join() || 'nothing'}`)
  }
  journal.submissions.forEach(compare)
  for (const [batch_id, there] of originals) findings.push(`${there.length} tasks that nobody submitted: ${batch_id}`)
  return findings
}

/** Each retry made one task, or none, as the client was told. */
const compareRetries = ({ journal }: Evidence, tasks: readonly Task[]): string[] => {
  const made = Map.groupBy(tasks, ({ original_task_id }) => original_task_id ?? '')
  made.delete('')
  const asked = Map.groupBy(journal.retries, ({ task_id }) => task_id)
  const findings = [...made.keys()].filter((id) => !asked.has(id)).map((id) => `a retry of ${id} that nobody asked for`)
  for (const [task_id, retries] of asked) {
    const there = new Set(made.get(task_id)?.map((task) => task.task_id))
    const acknowledged = retries.flatMap(({ new_task_id }) => new_task_id ?? [])
    const unknown = retries.filter(({ told }) => told === 'unknown').length
    const lost = acknowledged.filter((id) => !there.has(id))
    if (lost.length > 0) findings.push(`retries of ${task_id} are lost: ${lost.join()}`)
    if (there.size > acknowledged.length + unknown) findings.push(`${there.size} retries of ${task_id} are too many`)
  }
  return findings
}

const expectedEnd = (kind: Kind) => (kind === 'failing' ? 'failed' : 'completed')

/** Each task ended as its kind and its cancellations say. */
const compareEnds = ({ journal, tape }: Evidence, tasks: readonly Task[], kindOf: (task: Task) => Kind | undefined) => {
  const cancellations = Map.groupBy<string, Demand>(journal.cancellations, ({ task_id }) => task_id)
  return tasks.flatMap((task) => {
    const { task_id, status, batch_id, result, error } = task
    const findings: string[] = []
    const kind = kindOf(task)
    const told = new Set(cancellations.get(task_id)?.map((cancellation) => cancellation.told))
    const mayBeCancelled = told.has('acknowledged') || told.has('unknown')
    if (told.has('acknowledged') ? status !== 'cancelled' : status === 'cancelled' && !mayBeCancelled)
      findings.push(`${task_id} is ${status}; cancellations were ${[...told].join() || 'not asked'}`)
    if (kind !== undefined && status !== 'cancelled' && status !== expectedEnd(kind))
      findings.push(`${task_id}, ${kind}, is ${status}: ${JSON.stringify(error)}`)
    if (kind === 'echo' && status === 'completed' && result?.output !== batch_id)
      findings.push(`${task_id} echoed ${result?.output} instead of ${batch_id}`)
    if (kind === 'failing' && status === 'failed' && result?.exit_code !== FAILING.exitCode)
      findings.push(`${task_id} failed otherwise than with ${FAILING.exitCode}: ${JSON.stringify(error)}`)
    if (!tape.created.has(task_id)) findings.push(`the stream never told of ${task_id}`)
    if (tape.ends.get(task_id) !== status)
      findings.push(`${task_id} is ${status}, the stream said ${tape.ends.get(task_id)}`)
    return findings
  })
}

/** What ran, and how often. */
const compareRuns = (
  { witness, runs, tape }: Evidence,
  tasks: readonly Task[],
  kindOf: (task: Task) => Kind | undefined,
): string[] => {
  const findings: string[] = []
  // A cluster that was restored from a backup of this one runs the same tasks in an epoch of its own.
  const ofThis = runsOf(witness).filter(({ epoch }) => epoch === tape.epoch)
  const witnessed = Map.groupBy<string, Run>(ofThis, ({ task_id }) => task_id)
  for (const task of tasks) {
    const { task_id, status, attempt } = task
    const kind = kindOf(task)
    const ran = witnessed.get(task_id) ?? []
    witnessed.delete(task_id)
    const attempts = new Set(ran.map((run) => `${run.epoch}.${run.attempt}`))
    if (attempts.size < ran.length) findings.push(`${task_id} ran an attempt twice: ${JSON.stringify(ran)}`)
    if (kind === 'echo' || kind === 'sleep') continue
    const wanted = kind === 'failing' ? FAILING.max_retries + 1 : 1
    const isEnough = status === 'cancelled' || ran.length >= wanted
    const isTooMuch = runs === 'once' ? ran.length > wanted : ran.length > attempt
    if (!isEnough || isTooMuch)
      findings.push(
        `${task_id}, ${kind}, ${status} at attempt ${attempt}, ran ${ran.length} times: ${JSON.stringify(ran)}`,
      )
  }
  for (const task_id of witnessed.keys()) findings.push(`${task_id} ran, and is not there`)
  return findings
}

/** What is cancelled is gone within 7 s (docs/guarantees.md), and its slot free then; a machine that does much else is given more. */
const ENDING_SECONDS = 15

/** How many slots are not free, once what was cancelled last had its time to end. */
const takenSlots = async (client: Client): Promise<number> => {
  const deadlineMs = performance.now() + ENDING_SECONDS * 1000
  for (;;) {
    const { devices } = await ask<DeviceList>(client, '/api/v1/devices')
    const taken = devices.reduce((sum, { slots }) => sum + slots.total - slots.free, 0)
    if (taken === 0 || performance.now() > deadlineMs) return taken
    await pause(100)
  }
}

/** The figures of every place say the same. */
const compareCounts = async (client: Client, tasks: readonly Task[], counts: TaskList): Promise<string[]> => {
  const counted = (status: string) => tasks.filter((task) => task.status === status).length
  const truth = { completed: counted('completed'), failed: counted('failed'), cancelled: counted('cancelled') }
  const taken = await takenSlots(client)
  const [{ devices }, { cluster_stats }, { task_stats }] = await Promise.all([
    ask<DeviceList>(client, '/api/v1/devices'),
    ask<ClusterStatus>(client, '/api/v1/cluster/status'),
    ask<TaskStatistics>(client, '/api/v1/stats/tasks?period=24h&group_by=task_type'),
  ])
  const sum = (count: (device: DeviceList['devices'][number]) => number) =>
    devices.reduce((total, device) => total + count(device), 0)
  const told: Record<string, [unknown, unknown]> = {
    listing: [{ completed: counts.completed, failed: counts.failed, cancelled: counts.cancelled }, truth],
    total: [counts.total, tasks.length],
    statistics: [task_stats.by_status, truth],
    'devices, completed': [sum((device) => device.tasks.completed), truth.completed],
    'devices, failed': [sum((device) => device.tasks.failed), truth.failed],
    'devices, active': [sum((device) => device.tasks.active), 0],
    'slots that are not free': [taken, 0],
    unfinished: [cluster_stats.tasks, { pending: 0, running: 0 }],
  }
  return Object.entries(told)
    .filter(([, [said, expected]]) => JSON.stringify(said) !== JSON.stringify(expected))
    .map(([where, [said, expected]]) => `${where}: ${JSON.stringify(said)} instead of ${JSON.stringify(expected)}`)
}

/** The config is what was acknowledged last, or something that was asked after it and never answered. */
const compareSettings = async ({ client, journal: { settings } }: Evidence): Promise<string[]> => {
  const last = settings.findLastIndex(({ told }) => told === 'acknowledged')
  const { config } = await ask<{ config: ClusterConfig }>(client, '/api/v1/config')
  const possible = settings.slice(Math.max(0, last)).map(({ task_days }) => task_days)
  if (last === -1) possible.push(defaultConfig.retention.task_days)
  const { task_days } = config.retention
  return possible.includes(task_days) ? [] : [`retention.task_days is ${task_days} instead of ${possible.join(' or ')}`]
}

/** Compares everything, once no task is unfinished. Resolves with what is wrong. */
export const compare = async (evidence: Evidence): Promise<string[]> => {
  const { client, journal, tape } = evidence
  const { tasks, counts } = await allTasks(client)
  const ids = new Set(tasks.map(({ task_id }) => task_id))
  const kindOf = kindsOf(journal, tasks)
  return [
    ...journal.findings,
    ...(journal.acknowledged.length === 0 ? ['nothing was acknowledged: there is nothing to compare'] : []),
    ...journal.acknowledged.filter((id) => !ids.has(id)).map((id) => `${id} was acknowledged, and is lost`),
    ...(ids.size === tasks.length ? [] : ['the listing repeats a task']),
    ...compareSubmissions(evidence, tasks),
    ...compareRetries(evidence, tasks),
    ...compareEnds(evidence, tasks, kindOf),
    ...compareRuns(evidence, tasks, kindOf),
    ...(await compareCounts(client, tasks, counts)),
    ...(await compareSettings(evidence)),
    ...[...tape.created].filter((id) => !ids.has(id)).map((id) => `the stream told of ${id}, which is not there`),
    ...tape.findings,
  ]
}

/** What a cluster was restored from, and what the original had told until its backup began. */
export type RestoredEvidence = {
  readonly client: Client
  /** Of the original, whatever has come since. */
  readonly journal: Journal
  /** What was acknowledged before the backup began. */
  readonly task_ids: readonly string[]
  /** How those ended of which the stream had told it by then. */
  readonly ends: ReadonlyMap<string, string>
}

/** Compares a restored cluster with what must be in it, and with what may be. Figures are compared where all has ended. */
export const compareRestored = async ({ client, journal, task_ids, ends }: RestoredEvidence): Promise<string[]> => {
  const { tasks, counts } = await allTasks(client)
  const there = new Map(tasks.map((task) => [task.task_id, task.status]))
  const asked = new Set(journal.submissions.map(({ batch_id }) => batch_id))
  return [
    ...task_ids
      .filter((id) => !there.has(id))
      .map((id) => `${id} was acknowledged before the backup, and is not in it`),
    ...[...ends]
      .filter(([id, status]) => there.get(id) !== status)
      .map(([id, status]) => `${id} had ended as ${status}, and is ${there.get(id)} in the backup`),
    ...tasks
      .filter(({ batch_id }) => batch_id === null || !asked.has(batch_id))
      .map(({ task_id }) => `the backup has ${task_id}, which nobody submitted`),
    ...(counts.pending + counts.running === 0 ? await compareCounts(client, tasks, counts) : []),
  ]
}

/** What SQLite says of a database that nobody has open. */
export const integrityOf = (path: string): string[] => {
  const db = new DatabaseSync(path)
  try {
    const rows = db
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row.integrity_check))
    return rows.filter((row) => row !== 'ok').map((row) => `integrity_check: ${row}`)
  } finally {
    db.close()
  }
}
