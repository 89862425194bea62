import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filesOf } from '../../archive/untar.ts'
import { temporaryDirectory } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { commandLinesOf } from './page.ts'
import { makeShell } from './shell.ts'

void t.test('the page about tasks works as it stands', async (t) => {
  const cluster = await startCluster(t, { workers: 1 })
  const { run } = makeShell(t)
  const [submit = '', cancel = '', retry = '', running = '', ...files] = commandLinesOf('docs/tasks.md')
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

  const [store = '', missing = '', fetch = '', archive = '', remove = '', ...more] = files
  t.strictSame(more, [])
  const here = temporaryDirectory(t)
  writeFileSync(join(here, 'photo.jpg'), 'hello')
  const there = (line: string) => `cd ${here} && ${line.replace('http://localhost:8081', cluster.url)}`
  t.match(await ask(there(store)), { bytes: 5 })
  t.strictSame(await ask(there(missing)), { missing: [], partial: [] })
  await run(there(fetch))
  t.equal(readFileSync(join(here, fetch.slice(-64)), 'utf8'), 'hello', 'under its hash')
  await run(there(archive.replace('batch-abc123', 'naps')))
  t.strictSame(filesOf(readFileSync(join(here, 'batch.tar'))), [])
  t.match(await ask(there(remove)), { bytes: 5 })
})
