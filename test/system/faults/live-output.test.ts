import t from 'tap'
import { startCluster, until } from '../../start-cluster.ts'

void t.test('who follows a task misses no line of it, though the node is killed meanwhile', async (t) => {
  const cluster = await startCluster(t, { mode: 'remote', workers: 1, workerArgs: ['--allow', 'command'] })
  const script = 'let n = 0; setInterval(() => console.log(++n), 20)'
  const { task_id } = await cluster.submit({
    task_type: 'command',
    payload: { command: [process.execPath, '-e', script] },
  })
  const { body } = await fetch(`${cluster.url}/api/v1/tasks/${task_id}/output?follow=true`)
  let text = ''
  const lines = () => text.split('\n').slice(0, -1).map(Number)
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true })
  }
  const ended = read()
  const more = () => {
    const before = lines().length
    return until('more lines are read', () => Promise.resolve(lines().length > before || undefined))
  }
  await more()
  await cluster.killNode()
  await cluster.startNode()
  await more()
  await more()
  t.match(await cluster.call('DELETE', `/api/v1/tasks/${task_id}`), { status: 200 })
  await ended
  t.same(
    lines(),
    lines().map((_, index) => index + 1),
    'every line once, in order',
  )
})
