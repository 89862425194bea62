import { join } from 'node:path'
import t from 'tap'
import type { BatchProgress, BatchSubmitted } from '../../../schemas/index.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { submit, written } from '../../faults/cut-off.ts'

const BATCH = 1000
/** Long enough that a commit of 1,000 takes a while to be written. */
const long = { task_type: 'echo', payload: { message: 'x'.repeat(4000) } }
const echo = { task_type: 'echo', payload: { message: 'hi' } }

const totalOf = async ({ call }: RunningCluster, batch_id: string): Promise<number> => {
  const { status, data } = await call<BatchProgress>('GET', `/api/v1/tasks/batch/${batch_id}`)
  return status === 404 ? 0 : data.total
}

const after = (delayMs: number) => () => new Promise<void>((resolve) => setTimeout(resolve, delayMs))

/** A kill: which batch it meets, and when. `wal` is the log that a commit is written to. */
type Kill = {
  readonly name: string
  readonly task: object
  readonly come: (wal: string) => Promise<void>
}

// Of long tasks the first bytes are met in the middle of the commit, of short ones mostly between the commit and its answer.
const inTheCommit: Kill = { name: 'in-the-commit', task: long, come: written }
const beforeTheAnswer: Kill = { name: 'before-the-answer', task: echo, come: written }
const kills: readonly Kill[] = [
  { name: 'on-its-way', task: echo, come: after(5) },
  inTheCommit,
  { name: 'later-in-the-commit', task: long, come: (wal) => written(wal).then(after(10)) },
  beforeTheAnswer,
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
    await kill.come(wal)
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

void t.test('with the node elsewhere: kill -9 of the node leaves all or none, and the key still holds', async (t) => {
  const cluster = await startCluster(t, { workers: 0, mode: 'remote', args: ['--no-rate-limit'] })
  const wal = join(cluster.nodeDirectory, 'cluster.db-wal')
  for (const kill of [inTheCommit, beforeTheAnswer]) {
    const batch_id = kill.name
    const send = () => submit<BatchSubmitted>(cluster, '/tasks/batch', batchOf(kill), batch_id)
    const cutOff = send()
    await kill.come(wal)
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
