import t from 'tap'
import { harmless } from '../../src/cli/harmless.ts'
import { type Format, type Output, printList, printRecord } from '../../src/cli/client/output.ts'
import { forTerminal } from '../../src/cli/client/tasks/live.ts'
import { startFakeApi } from './fake-api.ts'
import { entry, runToEnd } from './programs.ts'

/** Clears the screen in two ways, deletes, and shows what follows backwards. */
const hostile = 'a\u001b[2J\u009b2J\u007f\u202eb\u2066'
const shown = 'a\\x1b[2J\\x9b2J\\x7f\\u202eb\\u2066'
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** What is printed of one row and of one record. */
const printed = async (format: Format, { isTerminal }: { readonly isTerminal: boolean }) => {
  let text = ''
  const output: Output = {
    format,
    quiet: false,
    isTerminal,
    write: (piece) => {
      text += piece
      return Promise.resolve()
    },
    note: () => undefined,
  }
  const row = { name: hostile }
  await printList(output, { whole: row, rows: [row], columns: [{ name: 'name', of: ({ name }) => name }] })
  await printRecord(output, row)
  return text
}

void t.test('what could steer a terminal is shown as codes, lines and tabs stay', (t) => {
  t.equal(harmless(hostile), shown)
  t.equal(harmless('one\n\ttwo, 移动, é'), 'one\n\ttwo, 移动, é')
  t.end()
})

void t.test('a line end that comes in two pieces is one', (t) => {
  const shown = forTerminal()
  t.equal(['one\r', '\ntwo\r', 'three\r', '\n'].map(shown).join(''), 'one\ntwo\\x0dthree\n')
  t.end()
})

void t.test('no format lets a device steer the terminal', async (t) => {
  for (const format of ['table', 'json', 'csv', 'yaml'] as const)
    t.notMatch(await printed(format, { isTerminal: true }), STEERING, format)
  t.match(await printed('table', { isTerminal: false }), shown)
  t.equal(await printed('csv', { isTerminal: true }), `name\n${shown}\nname\n${shown}\n`)
})

void t.test('a program in a pipe gets every byte, and JSON that says the same', async (t) => {
  t.equal(await printed('csv', { isTerminal: false }), `name\r\n${hostile}\r\nname\r\n${hostile}\r\n`)
  const json = await printed('json', { isTerminal: false })
  t.notMatch(json, STEERING)
  t.same(JSON.parse(json.slice(0, json.length / 2)), { name: hostile })
})

void t.test('what a task says of its failure, and why it waits, cannot steer the terminal', async (t) => {
  const run = async (data: object, ...args: readonly string[]) => {
    const { url } = await startFakeApi(t, [{ data }])
    return runToEnd(t, entry('client'), args, { RETIRE_CLUSTER_API_URL: url, XDG_CONFIG_HOME: '/nonexistent' })
  }
  const task = { task_id: 'task-1', status: 'failed', error: { code: 'TASK_FAILED', message: hostile }, result: null }
  const failed = await run({ task }, 'tasks', 'wait', 'task-1')
  t.equal(failed.stderr, `retire-cluster: Task task-1 failed: ${shown} (TASK_FAILED)\n`)
  const placement = { status: 'pending', pending_reason: { code: 'X', message: hostile }, devices: [] }
  const waits = await run(placement, 'tasks', 'show', 'task-1', '--placement')
  t.equal(waits.stderr, `task-1 is pending: ${shown}\n`)
})
