import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { BatchProgress, BatchSubmitted, Success, TaskSubmitted } from '../../schemas/index.ts'
import { type RunningCluster, startCluster, until } from '../start-cluster.ts'

const BATCH = 1000
/** Long enough that a commit of 1,000 takes a while to be written. */
const long = { task_type: 'echo', payload: { message: 'x'.repeat(4000) } }
const echo = { task_type: 'echo', payload: { message: 'hi' } }

/** What a client saw of its request: the answer, or that none came. */
type Seen<T> = { readonly status: number; readonly isReplay: boolean; readonly data: T } | undefined

/** Submits under a key, as a client does that may be cut off. */
const submit = async <T>({ url }: RunningCluster, path: string, body: object, key: string): Promise<Seen<T>> => {
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    })
    const { data } = (await response.json()) as Success<T>
    const isReplay = response.headers.get('idempotency-replayed') === 'true'
    return { status: response.status, isReplay, data }
  } catch {
    return undefined
  }
}

const totalOf = async ({ call }: RunningCluster, batch_id: string): Promise<number> => {
  const { status, data } = await call<BatchProgress>('GET', `/api/v1/tasks/batch/${batch_id}`)
  return status === 404 ? 0 : data.total
}

const after = (delayMs: number) => () => new Promise<void>((resolve) => setTimeout(resolve, delayMs))

/** Resolves at the first write to a file. */
const written = async (file: string): Promise<void> => {
  const at = () => statSync(file, { bigint: true }).mtimeNs
  const before = at()
  const deadline = performance.now() + 20_000
  while (at() === before) {
    if (performance.now() > deadline) throw new Error(`nothing was written to ${file}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A kill: which batch it meets, and when. `wal` is the log that a commit is written to. */
type Kill = {
  readonly name: string
  readonly task: object
  readonly come: (wal: string, answer: Promise<unknown>) => Promise<unknown>
}

// Of long tasks the first bytes are met in the middle of the commit, of short ones mostly between the commit and its answer.
const inTheCommit: Kill = { name: 'in-the-commit', task: long, come: written }
const beforeTheAnswer: Kill = { name: 'before-the-answer', task: echo, come: written }
const kills: readonly Kill[] = [
  { name: 'on-its-way', task: echo, come: after(5) },
  inTheCommit,
  { name: 'later-in-the-commit', task: long, come: (wal) => written(wal).then(after(10)) },
  beforeTheAnswer,
  { name: 'answered', task: echo, come: (_wal, answer) => answer },
]

const batchOf = ({ name, task }: Kill) => ({ batch_id: name, tasks: Array.from({ length: BATCH }, () => task) })

void t.test('kill -9 during a batch of 1,000 leaves all of it or none; sent again, all of it once', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  const wal = join(cluster.nodeDirectory, 'cluster.db-wal')
  const seen = { answered: 0, unanswered: 0, nothing: 0 }
  for (const kill of kills) {
    const batch_id = kill.name
    const send = () => submit<BatchSubmitted>(cluster, '/tasks/batch', batchOf(kill), batch_id)
    const cutOff = send()
    await kill.come(wal, cutOff)
    await cluster.killServer()
    const first = await cutOff
    const total = await totalOf(cluster, batch_id)
    t.ok(total === BATCH || (total === 0 && first === undefined), `${batch_id}: ${total} of ${BATCH}`)
    seen[first !== undefined ? 'answered' : total === BATCH ? 'unanswered' : 'nothing'] += 1

    const again = await send()
    t.match(again, { status: 201, isReplay: total === BATCH })
    if (first !== undefined) t.same(again?.data, first.data)
    t.equal(new Set(again?.data.task_ids).size, BATCH)
    t.equal(await totalOf(cluster, batch_id), BATCH)
  }
  t.comment(`kills: ${JSON.stringify(seen)}`)
})

void t.test('an answer that was lost is given again after kill -9, and the task is not done twice', async (t) => {
  const cluster = await startCluster(t, { workers: 1, args: ['--no-rate-limit'] })
  const first = await submit<TaskSubmitted>(cluster, '/tasks', echo, 'lost')
  const task_id = first?.data.task_id ?? ''
  t.match(await cluster.task(task_id, 30), { status: 'completed', attempt: 1 })
  await cluster.killServer()
  t.same(await submit(cluster, '/tasks', echo, 'lost'), { ...first, isReplay: true })
  const { task } = (await submit<TaskSubmitted>(cluster, '/tasks?wait=30', echo, 'lost'))?.data ?? {}
  t.match(task, { task_id, status: 'completed', attempt: 1 }, 'with wait, the task as it is now')
  t.equal((await cluster.tasks('limit=1')).total, 1)
})

void t.test('with the node elsewhere: kill -9 of the node leaves all or none, and the key still holds', async (t) => {
  const cluster = await startCluster(t, { workers: 0, mode: 'remote', args: ['--no-rate-limit'] })
  const wal = join(cluster.nodeDirectory, 'cluster.db-wal')
  for (const kill of [inTheCommit, beforeTheAnswer]) {
    const batch_id = kill.name
    const send = () => submit<BatchSubmitted>(cluster, '/tasks/batch', batchOf(kill), batch_id)
    const cutOff = send()
    await kill.come(wal, cutOff)
    await cluster.killNode()
    const first = await cutOff
    await cluster.startNode()
    const again = await until('the node is back', async () => {
      const answer = await send()
      return answer?.status === 201 ? answer : undefined
    })
    if (first?.status === 201) t.same(again, { ...first, isReplay: true })
    t.equal(await totalOf(cluster, batch_id), BATCH, batch_id)
  }
})
