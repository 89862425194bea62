import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCustomTypes } from '../../src/worker/custom-types/custom-types.ts'
import { offered } from '../../src/worker/custom-types/offered.ts'
import { systemClock } from '../../src/worker/clock.ts'
import type { ExecutionContext } from '../../src/worker/executors/execution.ts'
import { membersOf } from '../../src/worker/processes/proc.ts'
import { entry } from '../cli/programs.ts'
import { ATTEMPT, execution, keptLog, type Owner, temporaryDirectory, until } from './world.ts'

const anyObject = { type: 'object' }
const run = () => null

/** A file with types, on a device of its own; what it takes to open it. */
const world = (t: Owner, source: string, name = 'my-tasks.mjs') => {
  const directory = temporaryDirectory(t)
  const path = join(directory, name)
  writeFileSync(path, source)
  const log = keptLog()
  const workDirectory = join(directory, 'work')
  const options = { workDirectory, workerFile: entry('worker'), log, clock: systemClock, graceMs: 5000 }
  const open = async () => {
    const types = await openCustomTypes(path, options)
    t.teardown(() => types.stop())
    const execute = (task_type: string, payload: Record<string, unknown>, context: ExecutionContext) => {
      const executor = types.executorOf(task_type)
      if (executor === undefined) throw new Error(`there is no executor of ${task_type}`)
      return executor(payload, context)
    }
    return { ...types, execute, names: () => types.offered().map(({ task_type }) => task_type) }
  }
  return { path, log, workDirectory, open, rewrite: (text: string) => writeFileSync(path, text) }
}

void t.test('what a file defines is offered by name, with schema and description', (t) => {
  const schema = { type: 'object', description: 'Of the schema.', properties: { width: { type: 'integer' } } }
  const expected = (task_type: string, description: string, payload_schema: object) => ({
    task_type,
    description,
    payload_schema,
  })
  t.strictSame(offered({ default: { 'a.b-C_1': { schema, run } } }), [expected('a.b-C_1', 'Of the schema.', schema)])
  t.strictSame(offered({ tasks: { one: { schema: anyObject, description: 'One.', run } } }), [
    expected('one', 'One.', anyObject),
  ])
  t.strictSame(offered({ default: {} }), [], 'none is a choice')
  t.end()
})

void t.test('what cannot be offered is refused in one sentence that names it', (t) => {
  let deep: object = anyObject
  for (let level = 0; level < 40; level += 1) deep = { type: 'object', properties: { deep } }
  for (const [module, why] of [
    [{}, /^it exports no task types: export default/],
    [{ default: [] }, /^it exports no task types/],
    [{ default: { 'no name': { schema: anyObject, run } } }, /^task type "no name": a name has 1 to 64 letters/],
    [{ default: { ['x'.repeat(65)]: { schema: anyObject, run } } }, /a name has 1 to 64 letters/],
    [{ default: { command: { schema: anyObject, run } } }, /^task type "command": a type of this name is built in/],
    [{ default: { mine: run } }, /^task type "mine": it must be an object/],
    [{ default: { mine: { schema: anyObject, rum: run } } }, /rum is none of its fields \(schema, description, run\)/],
    [{ default: { mine: { schema: anyObject } } }, /its run must be a function/],
    [{ default: { mine: { run } } }, /its schema must be an object/],
    [{ default: { mine: { schema: { type: 'string' }, run } } }, /must be that of an object: a payload is one/],
    [{ default: { mine: { schema: { mood: 'good' }, run } } }, /its schema cannot be read: .*unknown keyword: "mood"/],
    [{ default: { mine: { schema: deep, run } } }, /nested deeper than 64 levels/],
    [{ default: { mine: { schema: { const: 'x'.repeat(20_000) }, run } } }, /larger than 16384 bytes/],
    [{ default: { mine: { schema: anyObject, description: 5, run } } }, /its description must be a text/],
    [{ default: Object.fromEntries([...Array(201).keys()].map((n) => [n, {}])) }, /more than 200 task types/],
  ] as const)
    t.throws(() => offered(module), { message: why }, String(why))
  t.end()
})

void t.test('a task gets its payload and its context, and what it returns is the value', async (t) => {
  const { open, workDirectory } = world(
    t,
    `import { writeFileSync, readdirSync } from 'node:fs'
    import { basename } from 'node:path'
    export default {
      thumbnail: {
        schema: { type: 'object', properties: { width: { type: 'integer' } }, required: ['width'] },
        run: async ({ width }, { attempt, directory, log, progress, signal }) => {
          log('width %d', width)
          progress(50, 'half')
          console.log('logged as well')
          const before = readdirSync(directory)
          writeFileSync('picture', 'small')
          return { width, attempt, before, isOwn: directory === process.cwd(), name: basename(import.meta.url), ended: signal.aborted }
        },
      },
      nothing: { schema: {}, run() {} },
    }`,
  )
  const { execute } = await open()
  const { context, printed, reports } = execution({ number: 3 })
  t.match(await execute('thumbnail', { width: 9 }, context), {
    outcome: 'completed',
    result: {
      value: { width: 9, attempt: 3, before: [], isOwn: true, name: 'my-tasks.mjs', ended: false },
      output: 'width 9\nlogged as well\n',
      exit_code: 0,
    },
  })
  t.equal(printed(), 'width 9\nlogged as well\n')
  t.strictSame(reports, [{ progress: 50, progress_message: 'half' }])
  t.match(await execute('nothing', {}, execution().context), { outcome: 'completed', result: { value: null } })
  t.strictSame(readdirSync(workDirectory), [], 'nothing is left behind')
})

void t.test('what goes wrong fails the task plainly', async (t) => {
  const { open } = world(
    t,
    `const schema = { type: 'object' }
    export const tasks = {
      throws: { schema, run: () => { throw new TypeError('no such thing\\nmore of it') } },
      text: { schema, run: () => { throw 'text' } },
      later: { schema, run: () => new Promise(() => setTimeout(() => { throw new Error('later') }, 1)) },
      rejects: { schema, run: () => { Promise.reject(new Error('unheard')); return new Promise(() => setTimeout(() => 0, 60_000)) } },
      never: { schema, run: () => new Promise(() => 0) },
      exits: { schema, run: () => process.exit(7) },
      crashes: { schema, run: () => process.kill(process.pid, 'SIGKILL') && new Promise(() => setTimeout(() => 0, 60_000)) },
      function: { schema, run: () => () => 1 },
      long: { schema, run: () => 'x'.repeat(2 ** 20) },
      progress: { schema, run: (_, { progress }) => progress('half') },
    }`,
  )
  const { execute } = await open()
  const wrong = [
    ['throws', 'TASK_EXIT_NONZERO', /^TypeError: no such thing$/],
    ['text', 'TASK_EXIT_NONZERO', /^text$/],
    ['later', 'TASK_EXIT_NONZERO', /^Error: later$/],
    ['rejects', 'TASK_EXIT_NONZERO', /^Error: unheard$/],
    ['never', 'TASK_EXIT_NONZERO', /^It waits for a promise that nothing settles\.$/],
    ['exits', 'TASK_EXIT_NONZERO', /exit code 7/],
    ['crashes', 'TASK_KILLED', /ended by SIGKILL/],
    ['function', 'TASK_EXIT_NONZERO', /a function is no value of JSON/],
    ['long', 'TASK_ERROR', /longer than 1048576 bytes/],
    ['progress', 'TASK_EXIT_NONZERO', /progress takes a number/],
  ] as const
  const ends = await Promise.all(
    wrong.map(([type]) => execute(type, {}, execution({ attempt: `${ATTEMPT}.${type}` }).context)),
  )
  for (const [index, [type, code, message]] of wrong.entries())
    t.match(ends[index], { outcome: 'failed', error: { code, message } }, type)
  t.match(ends[0], { result: { output: /my-tasks\.mjs:3:/ } }, 'with its trace')
})

void t.test('a payload that this file does not take is rejected: another device may have another file', async (t) => {
  const { open } = world(
    t,
    `export default { thumbnail: { schema: { type: 'object', required: ['width'] }, run: () => 1 } }`,
  )
  const { execute } = await open()
  t.match(await execute('thumbnail', {}, execution().context), {
    outcome: 'rejected',
    error: { code: 'TASK_REJECTED', message: 'The payload of thumbnail is not valid here: /width is missing.' },
  })
})

void t.test('an endless loop is ended, and all that it started with it', async (t) => {
  const { open } = world(
    t,
    `import { spawn } from 'node:child_process'
    const schema = { type: 'object' }
    export default {
      loop: { schema, run: (_, { log }) => {
        spawn('sleep', ['1000'], { detached: true })
        // The runner of the tests listens for it in every process, and could not be heard in a loop.
        process.removeAllListeners('SIGTERM')
        log('begun')
        for (;;);
      } },
      polite: { schema, run: (_, { log, signal }) => new Promise((resolve, reject) => {
        setInterval(() => 0, 1000)
        signal.addEventListener('abort', () => { log('tidied up'); reject(signal.reason) })
        log('begun')
      }) },
    }`,
  )
  const { execute } = await open()
  const loop = execution()
  const running = execute('loop', {}, loop.context)
  await until('it has begun', () => loop.printed() === 'begun\n')
  loop.end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted', result: { signal: 'SIGTERM' } }, 'it does not look at its signal')
  t.strictSame(membersOf({ attempt: ATTEMPT, group: null }), [])

  const polite = execution()
  const waiting = execute('polite', {}, polite.context)
  await until('it has begun', () => polite.printed() === 'begun\n')
  polite.end.abort('timeout')
  t.match(await waiting, { outcome: 'interrupted', result: { output: 'begun\ntidied up\n' } })
})

void t.test('a file that cannot be used is said plainly at the start', async (t) => {
  for (const [source, why] of [
    ['export default {', /cannot be used: SyntaxError: /],
    ['throw new Error("not today")', /cannot be used: Error: not today\.$/],
    ['import "no-such-package"', /cannot be used: .*no-such-package/],
    ['process.exit(0)', /its code did not load to its end\.$/],
    ['export const other = {}', /it exports no task types/],
    ['export default { echo: {} }', /task type "echo": a type of this name is built in/],
  ] as const) {
    const { open, path, workDirectory } = world(t, source)
    const error = await open().catch((error: unknown) => error)
    t.match(error, { name: 'WorkerError', code: 'TASKS_UNUSABLE', message: why }, source)
    t.match(error, { message: `The task types of ${path} ` }, 'its file is named')
    t.strictSame(readdirSync(workDirectory), [])
  }
  const { open, path } = world(t, '')
  rmSync(path)
  await t.rejects(open(), { message: /there is no such file\.$/ })
})

void t.test('the file is read again when it changes', async (t) => {
  const typed = (names: string[], value: string) =>
    `export default { ${names.map((name) => `${name}: { schema: { type: 'object' }, run: async () => { console.log('begun'); await new Promise((go) => setTimeout(go, 100)); return '${value}' } }`).join(', ')} }` // prettier-ignore
  const { open, path, log, rewrite } = world(t, typed(['one'], 'old'))
  const types = await open()
  let changes = 0
  types.follow(() => (changes += 1))
  const begun = execution()
  const running = types.execute('one', {}, begun.context)
  await until('it runs', () => begun.printed() !== '')

  writeFileSync(`${path}.new`, typed(['one', 'two'], 'new'))
  renameSync(`${path}.new`, path)
  await until('it was replaced', () => changes === 1)
  t.strictSame(types.names(), ['one', 'two'])
  t.match(await running, { result: { value: 'old' } }, 'what runs goes on with what it began')

  rewrite(typed(['one', 'two'], 'newer'))
  const value = async () => (await types.execute('two', {}, execution().context)).result?.value
  for (let got; got !== 'newer'; got = await value()) t.ok(got === undefined || got === 'new')
  t.equal(changes, 1, 'the types are the same')

  rewrite('export default {')
  await until('that is said', () => log.lines.length === 1)
  t.match(log.lines[0], /cannot be used; what was offered before still is/)
  t.strictSame(types.names(), ['one', 'two'])
  t.equal(await value(), 'newer', 'by the text that was good')

  rmSync(path)
  await until('that is said as well', () => log.lines.length === 2)
  t.equal(await value(), 'newer')
  rewrite(typed(['two'], 'newest'))
  await until('it is back', () => changes === 2)
  t.strictSame(types.names(), ['two'])
  t.equal(types.executorOf('one'), undefined)
  t.notOk(existsSync(`${path}.new`))
})
