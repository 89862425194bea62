/** `kill -9` of nodes at random moments, the one that schedules in half of the cases, while tasks are submitted at all of them. */
import type { Test } from 'tap'
import type { TaskSubmitted } from '../../../schemas/index.ts'
import type { Plan } from '../../faults/chance.ts'
import { until } from '../../start-cluster.ts'
import { journalOf } from './journal.ts'
import { type Nodes, startNodes } from './nodes.ts'
import type { PostgresServer } from './server.ts'

/** Tasks that are acknowledged between two kills, fewer than this. */
const TASKS = 40

/** Submits under a key of its own, to whichever node answers, until it is acknowledged. */
const submitting = (nodes: Nodes) => {
  const acknowledged: string[] = []
  const stopping = new AbortController()
  const one = async (number: number) => {
    for (let turn = number; !stopping.signal.aborted; turn += 1) {
      const node = nodes.at(turn)
      const body = { task_type: 'echo', payload: { message: `${number}` } }
      const headers = { 'idempotency-key': `task ${number}` }
      const answer = await node.call<TaskSubmitted>('POST', '/api/v1/tasks', body, headers).catch(() => undefined)
      if (answer?.status === 201) {
        acknowledged.push(answer.data.task_id)
        await new Promise((resolve) => setTimeout(resolve, 50))
        return
      }
      if (answer !== undefined && answer.error?.code !== 'CLUSTER_UNAVAILABLE')
        throw new Error(`refused: ${answer.status} ${answer.error?.code ?? ''}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const lanes = [0, 1, 2].map(async (lane) => {
    for (let number = lane; !stopping.signal.aborted; number += 3) await one(number)
  })
  return {
    acknowledged,
    more: (count: number) => {
      const enough = acknowledged.length + count
      return until(`${enough} are acknowledged`, () => Promise.resolve(acknowledged.length >= enough || undefined), 60)
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(lanes)
      return acknowledged
    },
  }
}

/** Kills nodes so often, and compares what was acknowledged with what there is. */
export const killNodes = async (t: Test, server: PostgresServer, { chance, count }: Plan): Promise<void> => {
  const url = await server.database('killed')
  const nodes = await startNodes(t, url)
  for (const node of nodes.all) await nodes.addWorker(node, `worker-${node.name}`)
  const load = submitting(nodes)
  for (let kill = 0; kill < count; kill += 1) {
    await load.more(1 + chance.below(TASKS))
    const killed = kill % 2 === 0 ? await nodes.scheduling() : nodes.at(chance.below(nodes.all.length))
    await killed.end('SIGKILL')
    // Others serve meanwhile.
    await load.more(1 + chance.below(TASKS))
    await killed.start()
  }
  const ids = await load.stop()
  const at = await nodes.standby()
  const stuck: string[] = []
  for (const task_id of ids) if ((await nodes.task(at, task_id, 60)).status !== 'completed') stuck.push(task_id)
  t.strictSame(stuck, [], `all of ${ids.length} are completed`)
  const ends = new Map<string, number>()
  for (const { event } of await journalOf(server, url))
    if (event.type === 'task_completed') ends.set(event.task_id, (ends.get(event.task_id) ?? 0) + 1)
  t.strictSame(
    ids.filter((task_id) => ends.get(task_id) !== 1),
    [],
    'each was finished once',
  )
}
