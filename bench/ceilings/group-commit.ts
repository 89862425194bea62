/**
 * Takes a task in with nothing but its row: all that come in one turn of the event loop share a transaction, and are answered when it
 * is on disk. The row is ours, and so are WAL and `synchronous=FULL`; no index, no count, no event, no key, no validation.
 */
import { DatabaseSync } from 'node:sqlite'
import { Type } from '@sinclair/typebox'
import { TaskSubmittedAnswer } from '../../src/api/answers.ts'
import { newTask } from '../../src/cluster/admission.ts'
import { newTaskId } from '../../src/cluster/identifiers.ts'
import { stateOf } from '../../src/store/task-record.ts'
import type { TaskSubmission } from '../../schemas/index.ts'
import { listen, schemaServer } from './shared/schema-server.ts'

const TIMEOUT_SECONDS = 3600

const db = new DatabaseSync(process.argv[2] ?? '')
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE tasks (
    sequence INTEGER PRIMARY KEY, task_id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, device_id TEXT, task_type TEXT NOT NULL,
    priority TEXT NOT NULL, batch_id TEXT, original_task_id TEXT, created_ms INTEGER NOT NULL, ended_ms INTEGER,
    execution_ms INTEGER, record TEXT NOT NULL, payload TEXT
  ) STRICT;
`)
const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')]
const insert = db.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')

let sequence = 0
let waiting: { readonly submission: TaskSubmission; readonly resolve: (task_id: string) => void }[] = []

const flush = () => {
  const turn = waiting
  waiting = []
  begin.run()
  const ids = turn.map(({ submission }) => {
    const task_id = newTaskId()
    sequence += 1
    const record = newTask(submission, { task_id, sequence, original_task_id: null }, TIMEOUT_SECONDS, Date.now())
    const { task, created_ms } = record
    const { status, device_id, ended_ms, execution_ms, record: text } = stateOf(record)
    insert.run(
      ...[sequence, task_id, status, device_id, task.task_type, task.priority, task.batch_id, task.original_task_id],
      ...[created_ms, ended_ms, execution_ms, text, JSON.stringify(task.payload)],
    )
    return task_id
  })
  commit.run()
  for (const [n, { resolve }] of turn.entries()) resolve(ids[n] ?? '')
}

const submit = (submission: TaskSubmission) =>
  new Promise<string>((resolve) => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ submission, resolve })
  })

const app = schemaServer()
app.post<{ Body: TaskSubmission }>(
  '/api/v1/tasks',
  { schema: { response: { 201: Type.Ref(TaskSubmittedAnswer.$ref as string) } } },
  async (request, reply) => {
    const task_id = await submit(request.body)
    reply.code(201)
    return {
      status: 'success',
      data: { task_id, assigned_device: null, estimated_completion: null },
      timestamp: new Date().toISOString(),
      request_id: request.id,
    }
  },
)
await listen(app)
