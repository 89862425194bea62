import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linkMethods } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { answer } from '../../src/worker/javascript/sandbox.ts'
import { executorWorld } from './executor-world.ts'
import { execution, finished, temporaryDirectory, until } from './world.ts'

/** Runs code in an engine of this very process. */
const evaluated = async (code: string, input: unknown = null) => {
  const texts = { 1: '', 3: '' }
  const exitCode = await answer({ code, input }, (fileDescriptor, text) => void (texts[fileDescriptor] += text))
  return { exitCode, printed: texts[1], answer: texts[3] }
}

void t.test('code gets its input, and what it returns is the value', async (t) => {
  for (const [code, input, value] of [
    ['return input.n * 2', { n: 21 }, 42],
    ['return input', null, null],
    ['return', 5, null],
    ['// nothing but a comment', 5, null],
    ['return { list: [1, "grüße", null, true], ...input }', { a: {} }, { list: [1, 'grüße', null, true], a: {} }],
    ['return (await Promise.all([1, Promise.resolve(2)])).length', null, 2],
    ['return /(\\d+)/.exec(input)[1]', 'a12b', '12'],
    ['return "\\u0000€😀".repeat(input.length)', 'ab', '\0€😀\0€😀'],
    ['JSON.stringify = () => "{"; Object.prototype.toString = null; return [1]', null, [1]],
  ] as const) {
    const end = await evaluated(code, input)
    t.match(end, { exitCode: 0, printed: '' }, code)
    t.strictSame(JSON.parse(end.answer), value, code)
  }
})

void t.test('an error of the code is told, and where it was', async (t) => {
  for (const [code, message] of [
    ['throw new TypeError("no such thing")', 'TypeError: no such thing'],
    ['throw "text"', 'text'],
    ['throw { a: 1 }', '{"a":1}'],
    ['retrn 1', 'SyntaxError: '],
    ['}; (() => {', 'SyntaxError: '],
    ['return 10n', 'TypeError: '],
    ['return () => 1', 'TypeError: a function is no value of JSON'],
    ['const all = []; all.push(all); return all', 'TypeError: '],
    ['await new Promise(() => 0)', 'Error: it waits for a promise that nothing settles'],
  ] as const) {
    const end = await evaluated(code)
    t.equal(end.exitCode, 1, code)
    t.ok(end.answer.startsWith(message), `${code}: ${end.answer}`)
  }
  t.match(await evaluated('\n\nthrow new Error("x")'), { printed: /^Error: x\n.*code:3:/ })
})

void t.test('code says how far it is by its context', async (t) => {
  const line = (text: string) => `::retire-cluster progress=${text}\n`
  for (const [code, printed] of [
    ['context.progress(40)', line('40.0::')],
    ['context.progress(100 / 3, "a third")', line('33.3::a third')],
    [
      'context.progress(-1); context.progress(1e9); context.progress(1e-9)',
      line('0.0::') + line('100.0::') + line('0.0::'),
    ],
    ['context.progress(5, "two\\nlines\\r\\n")', line('5.0::two lines ')],
    ['context.progress(5, "😀".repeat(300))', line(`5.0::${'😀'.repeat(256)}`)],
    ['context.progress(5, { page: 8 })', line('5.0::{"page":8}')],
    ['console.log("one"); context.progress(1); console.log("two")', `one\n${line('1.0::')}two\n`],
    ['const context = { progress: () => 0 }; context.progress(1)', ''],
  ] as const) {
    t.match(await evaluated(code), { exitCode: 0, printed }, code)
  }
  for (const code of ['context.progress()', 'context.progress("40")', 'context.progress(0 / 0)'])
    t.match(await evaluated(code), { exitCode: 1, answer: 'TypeError: progress takes a number' }, code)
})

void t.test('memory and stack are bounded', async (t) => {
  for (const [code, message] of [
    ['const all = []; for (;;) all.push(new Uint8Array(1e6))', 'out of memory'],
    ['return new Uint8Array(500e6).length', 'out of memory'],
    ['return (function deeper(n) { return deeper(n + 1) + 1 })(0)', 'stack overflow'],
    ['let deep = []; for (let level = 0; level < 1e5; level += 1) deep = [deep]; return deep', 'stack'],
  ] as const) {
    t.match(await evaluated(code), { exitCode: 1, answer: message }, code)
  }
})

void t.test('code sees nothing of the device, and gets at nothing of it', async (t) => {
  process.env.SECRET_OF_THE_OWNER = 'hunter2'
  t.teardown(() => delete process.env.SECRET_OF_THE_OWNER)
  const globals = [
    ...['process', 'require', 'module', 'global', 'Buffer', 'fetch', 'WebAssembly', 'WebSocket', 'Worker', 'navigator'],
    ...['Deno', 'Bun', 'std', 'os', 'bjson', 'scriptArgs', 'setTimeout', 'print', 'load', '__loadScript'],
  ]
  const seen = await evaluated('return input.filter((name) => name in globalThis)', globals)
  t.match(seen, { exitCode: 0, answer: '[]' })
  const directory = temporaryDirectory(t)
  const canary = join(directory, 'canary')
  writeFileSync(canary, 'hunter2')
  const path = JSON.stringify(canary)
  for (const code of [
    `return require("fs").readFileSync(${path}, "utf8")`,
    `return (await import("fs")).readFileSync(${path}, "utf8")`,
    `return (await import("node:fs")).readFileSync(${path}, "utf8")`,
    `return await import("file://" + ${path})`,
    `return await import(${path})`,
    'return await import("../../../../../../../../etc/passwd")',
    `return (await import("std")).loadFile(${path})`,
    'return (await import("os")).getenv("SECRET_OF_THE_OWNER")',
    'return new Function("return process.env")().SECRET_OF_THE_OWNER',
    `return (0, eval)("this").process.mainModule.require("child_process").execSync("cat " + ${path}).toString()`,
    'return console.log.constructor("return process")().env',
    'return this.constructor.constructor("return process")().env',
    'return await (async () => {}).constructor("return process.env")()',
    'try { null.x } catch (error) { return error.constructor.constructor("return process")().env }',
    'Error.prepareStackTrace = (_, sites) => sites[0].getThis().process.env; return new Error().stack.length.x.y',
    'return globalThis.process.binding("fs")',
    'return await fetch("http://127.0.0.1/")',
    `import.meta.url`,
  ]) {
    const end = await evaluated(code)
    t.equal(end.exitCode, 1, code)
    t.notMatch(end.answer + end.printed, 'hunter2')
  }
  t.equal(readFileSync(canary, 'utf8'), 'hunter2')
  t.strictSame(readdirSync(directory), ['canary'])
})

void t.test('a task of javascript runs in a process of its own, without the variables of the worker', async (t) => {
  process.env.SECRET_OF_THE_OWNER = 'hunter2'
  t.teardown(() => delete process.env.SECRET_OF_THE_OWNER)
  const { run, workDirectory } = executorWorld(t)
  const { context, end, printed } = execution()
  const running = run('javascript', { code: 'console.log("begun"); for (;;);' }, context)
  await until('it has begun', () => printed().includes('begun'))
  if (process.platform === 'linux') {
    const record = join(workDirectory, `${context.attempt}.json`)
    // It is there, and empty, before it is written.
    await until('its process is recorded', () => existsSync(record) && readFileSync(record, 'utf8').endsWith('}'))
    const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number }
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    t.match(environment, 'RETIRE_CLUSTER_ATTEMPT=')
    t.notMatch(environment, 'SECRET_OF_THE_OWNER')
  }
  end.abort('timeout')
  t.match(await running, { outcome: 'interrupted', result: { output: 'begun\n' } }, 'a loop without an end is ended')
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test('value, output and errors come back from that process, each within its bounds', async (t) => {
  const { run } = executorWorld(t)
  const { context, printed } = execution()
  const code =
    'console.log("a", 1, { b: [2] }, undefined, 10n); console.error("é"); return { sum: input[0] + input[1] }'
  const good = await run('javascript', { code, input: [20, 22] }, context)
  const output = 'a 1 {"b":[2]} undefined 10\né\n'
  t.match(good, {
    outcome: 'completed',
    error: null,
    result: { output, output_bytes: Buffer.byteLength(output), exit_code: 0, value: { sum: 42 } },
  })
  t.equal(printed(), output)
  t.equal(problemOf(linkMethods['task.finished'].params, finished({ result: good.result })), undefined)
  for (const [code, error] of [
    ['throw new RangeError("x")', { code: 'TASK_EXIT_NONZERO', message: 'RangeError: x' }],
    ['return "x".repeat(2 ** 20)', { code: 'TASK_ERROR', message: /longer than/ }],
    ['let deep = []; for (let level = 0; level < 40; level += 1) deep = [deep]; return deep', { message: /deeper/ }],
  ] as const) {
    const end = await run('javascript', { code }, execution().context)
    t.match(end, { outcome: 'failed', error, result: { value: null } }, code)
  }
  const { context: another, reports } = execution()
  const pages = 'for (let page = 1; page <= 8; page += 1) context.progress((100 * page) / 8, `page ${page}`); return 8'
  t.match(await run('javascript', { code: pages }, another), { outcome: 'completed', result: { output: '', value: 8 } })
  t.equal(reports.length, 8)
  t.same(reports[4], { progress: 62.5, progress_message: 'page 5' })
  const long = 'for (let line = 0; line < 2048; line += 1) console.log("x".repeat(1023))'
  t.match(await run('javascript', { code: long }, execution().context), {
    outcome: 'completed',
    result: { output_truncated: true, output_bytes: 2 ** 21 },
  })
})
