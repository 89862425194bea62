import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { commandLinesOf } from './page.ts'
import { makeShell } from './shell.ts'

void t.test('the page about tasks works as it stands', async (t) => {
  const cluster = await startCluster(t, { workers: 1 })
  const { run } = makeShell(t)
  const [submit = '', cancel = '', retry = '', running = '', ...more] = commandLinesOf('docs/tasks.md')
  t.strictSame(more, [])
  const ask = async (line: string): Promise<unknown> => {
    const { data } = JSON.parse(await run(line.replace('http://localhost:8081', cluster.url))) as { data: unknown }
    return data
  }
  t.strictSame(await ask(submit), await ask(submit), 'sent again, it is answered as the first time')

  const nap = { task_type: 'sleep', payload: { duration: 600 }, batch_id: 'naps' }
  const [one, two] = [await cluster.submit(nap), await cluster.submit(nap)]
  const cancelled = await ask(cancel.replace('task-abc123', one.task_id).replace('task-def456', two.task_id))
  t.match(cancelled, { changed: 2, outcomes: [{ outcome: 'cancelled' }, { outcome: 'cancelled' }] })
  t.match(await ask(retry.replace('batch-abc123', 'naps')), { changed: 2, more: false })
  t.match(await ask(running), { next_cursor: null })
})
