import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linkMethods, type FinishedParams } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { type Outbox, openOutbox } from '../../src/worker/outbox.ts'
import { EPOCH, finished, keptLog, ref, temporaryDirectory } from './world.ts'

const isEnd = (value: unknown): value is FinishedParams =>
  problemOf(linkMethods['task.finished'].params, value) === undefined

const open = (directory: string, log = keptLog()): Promise<Outbox> => openOutbox({ directory, isEnd, log })

void t.test(
  'a result is on disk before the outbox says so, and outlives the worker until it is acknowledged',
  async (t) => {
    const directory = join(temporaryDirectory(t), 'outbox')
    const before = await open(directory)
    await before.add(finished())
    t.strictSame(readdirSync(directory), [`task-a.${EPOCH}.1.json`])
    // The worker dies here: another one opens what is on disk.
    const after = await open(directory)
    t.strictSame(after.waiting(), [finished()])
    t.strictSame(after.find(ref()), finished())
    await after.remove(ref())
    t.strictSame(readdirSync(directory), [])
    t.strictSame((await open(directory)).waiting(), [])
  },
)

void t.test('a result whose writing a crash cut off is forgotten: nobody was told of it', async (t) => {
  const directory = join(temporaryDirectory(t), 'outbox')
  await open(directory)
  writeFileSync(join(directory, `task-a.${EPOCH}.1.json.tmp`), '{"task_id": "task-a", "epo')
  t.strictSame((await open(directory)).waiting(), [])
  t.strictSame(readdirSync(directory), [])
})

void t.test('files that are no results are moved aside and logged, and the others are kept', async (t) => {
  const directory = join(temporaryDirectory(t), 'outbox')
  await (await open(directory)).add(finished())
  writeFileSync(join(directory, `task-b.${EPOCH}.1.json`), 'torn')
  writeFileSync(
    join(directory, `task-c.${EPOCH}.1.json`),
    JSON.stringify({ ...finished(ref('task-c')), outcome: 'superb' }),
  )
  writeFileSync(join(directory, `task-d.${EPOCH}.1.json`), JSON.stringify(finished(ref('task-e'))))
  const log = keptLog()
  t.strictSame((await open(directory, log)).waiting(), [finished()])
  t.equal(log.lines.length, 3)
  t.strictSame(readdirSync(directory).sort(), [
    `task-a.${EPOCH}.1.json`,
    `task-b.${EPOCH}.1.json.bad`,
    `task-c.${EPOCH}.1.json.bad`,
    `task-d.${EPOCH}.1.json.bad`,
  ])
})

void t.test('where the disk refuses, a result waits in memory, and the log says so', async (t) => {
  const root = temporaryDirectory(t)
  const log = keptLog()
  const outbox = await open(join(root, 'outbox'), log)
  // No file can have a name of 300 characters, whatever the file system.
  const end = finished(ref('t'.repeat(300)))
  await outbox.add(end)
  t.strictSame(outbox.waiting(), [end])
  t.match(log.lines, [/waits in memory/])
})
