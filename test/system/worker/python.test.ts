import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { linkMethods } from '../../../schemas/link.ts'
import { problemOf } from '../../../src/link/checks.ts'
import { membersOf } from '../../../src/worker/processes/proc.ts'
import { executorWorld } from '../../worker/executor-world.ts'
import { startServer } from '../../worker/http-world.ts'
import { ATTEMPT, execution, finished, until } from '../../worker/world.ts'

const { run, workDirectory } = executorWorld(t)

/** Lines of Python. */
const lines = (...source: string[]): string => source.map((line) => `${line}\n`).join('')

const call = (source: string, more: { args?: readonly unknown[]; kwargs?: object } = {}) =>
  run('python', { source, function: 'f', ...more }, execution().context)

void t.test('the function is called with its arguments, and what it returns is the value', async (t) => {
  for (const [source, more, value] of [
    ['def f(): pass', {}, null],
    [
      'def f(a, b=2, *, c): return [a, b, c]',
      { args: [1], kwargs: { c: { d: [true, null] } } },
      [1, 2, { d: [true, null] }],
    ],
    [
      'def f(*all, **named): return {"all": all, "named": named}',
      { args: ['ü', 1.5], kwargs: { a: 1 } },
      { all: ['ü', 1.5], named: { a: 1 } },
    ],
    ['import collections\ndef f(text): return collections.Counter(text)', { args: ['aab'] }, { a: 2, b: 1 }],
    ['f = lambda n: 2 * n', { args: [21] }, 42],
    ['def g(n): return n and n + g(n - 1)\nf = g', { args: [4] }, 10],
    ['class f:\n    def __new__(cls): return "a class"', {}, 'a class'],
    ['def f(): return 2 ** 53 - 1', {}, Number.MAX_SAFE_INTEGER],
    ['def f(): return "\\ud800 \\u0000 €"', {}, '\ud800 \0 €'],
    ['def f(): return __name__ == "__main__"', {}, false],
    // Three bytes of UTF-8 each, which JSON with escapes would double.
    ['def f(): return "好" * 349_000', {}, '好'.repeat(349_000)],
  ] as const) {
    const end = await call(source, more)
    t.match(end, { outcome: 'completed', error: null, result: { output: '', exit_code: 0 } }, source)
    t.strictSame(end.result?.value, value, source)
    t.equal(problemOf(linkMethods['task.finished'].params, finished({ result: end.result })), undefined)
  }
})

void t.test('what it prints is the output, line by line as it comes, and the value is none of it', async (t) => {
  const { context, printed, reports, end } = execution()
  const source = lines(
    'import os, sys, time',
    'def f():',
    '    print("é first")',
    '    print("::retire-cluster progress=40::page 2 of 5")',
    '    print("to nobody", file=sys.stderr)',
    '    while True: time.sleep(1)',
  )
  const running = run('python', { source, function: 'f' }, context)
  await until('it has printed', () => printed().includes('nobody') && reports.length > 0)
  t.match(printed(), 'é first\n')
  t.same(reports, [{ progress: 40, progress_message: 'page 2 of 5' }])
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted', result: { value: null } })
  const noisy = lines(
    'import os, subprocess, sys',
    'def f():',
    '    print("{", end="")',
    '    os.write(1, b"[1]")',
    '    subprocess.run(["sh", "-c", "echo no value >&3"], stderr=subprocess.DEVNULL)',
    '    os.system("echo no value >&3 2>/dev/null")',
    '    sys.stdout = sys.stderr',
    '    print("]")',
    '    return 5',
  )
  t.match(await call(noisy), { outcome: 'completed', result: { value: 5, output: /^(?=.*\{)(?=.*\[1\])/s } })
})

void t.test('an exception fails the task: it is told, and the output has its traceback', async (t) => {
  const source = lines('def g(n):', '    return 1 / n', 'def f(n):', '    print("so far")', '    return g(n)')
  const end = await call(source, { args: [0] })
  t.match(end, {
    outcome: 'failed',
    error: { code: 'TASK_EXIT_NONZERO', message: 'ZeroDivisionError: division by zero' },
    result: { exit_code: 1, value: null },
  })
  const { output = '' } = end.result ?? {}
  t.match(output, 'so far\n')
  t.match(output, /File "<source>", line 5, in f\n {4}return g\(n\)\n[^]*line 2, in g\n {4}return 1 \/ n\n/)
  t.notMatch(output, 'File "<string>"', 'the program around it is none of its')
  for (const [source, message] of [
    ['def f(: pass', 'SyntaxError: '],
    ['def g(): pass', 'NameError: the source defines no function f'],
    ['f = 3', 'NameError: the source defines no function f'],
    ['import nothing_of_that_name\ndef f(): pass', "ModuleNotFoundError: No module named 'nothing_of_that_name'"],
    ['def f(a): pass', "TypeError: f() missing 1 required positional argument: 'a'"],
    ['def f(): return input()', 'EOFError: '],
    ['def f(): return f()', 'RecursionError: '],
    ['def f(): raise BaseException("the base")', 'BaseException: the base'],
    ['\0', ''],
  ] as const) {
    const end = await call(source)
    t.match(end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO' }, result: { exit_code: 1 } }, source)
    t.ok(end.error?.message.startsWith(message), `${source}: ${end.error?.message ?? ''}`)
  }
})

void t.test('a value that JSON does not have exactly fails the task, in one sentence', async (t) => {
  const no = 'TypeError: what it returned is no JSON: value'
  for (const [source, message] of [
    ['return {"a": [1, {2}]}', `${no}['a'][1] is of the type set`],
    ['return {1: 2}', `${no} has the key 1, which is no text`],
    ['return 2 ** 53', `${no} is a whole number beyond 2^53`],
    ['return [float("nan")]', `${no}[0] is nan`],
    ['return b"x"', `${no} is of the type bytes`],
    ['all = []; all.append(all); return all', /lies too deep$/],
  ] as const) {
    const end = await call(`def f(): ${source}`)
    t.match(end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO', message }, result: { value: null } }, source)
  }
  t.match(await call('def f(): return "x" * 2 ** 20'), {
    outcome: 'failed',
    error: { code: 'TASK_ERROR', message: 'Its value is longer than 1048576 bytes of JSON.' },
  })
})

void t.test('what ends without returning says how', async (t) => {
  for (const [source, error] of [
    ['import sys; sys.exit(3)', { code: 'TASK_EXIT_NONZERO', message: 'The program ended with exit code 3.' }],
    ['import os; os._exit(0)', { code: 'TASK_ERROR', message: 'It ended without a value.' }],
    ['import os; os.abort()', { code: 'TASK_KILLED', message: 'The program was ended by SIGABRT.' }],
  ] as const)
    t.match(await call(`def f(): ${source}`), { outcome: 'failed', error, result: { value: null } }, source)
})

void t.test('it is a program like any other: a directory of its own, a clean environment, the network', async (t) => {
  process.env.SECRET_OF_THE_OWNER = 'hunter2'
  t.teardown(() => delete process.env.SECRET_OF_THE_OWNER)
  const { port } = await startServer(t, (_incoming, response) => response.end('from the network'))
  // The runner of the tests adds variables of its own to every process that a test starts.
  const source = lines(
    'import os, pathlib, urllib.request',
    'def f(port):',
    '    before = os.listdir()',
    '    pathlib.Path("beside.py").write_text("HERE = 1")',
    '    import beside',
    '    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()',
    '    mine = [name for name in sorted(os.environ) if name != "NODE_OPTIONS" and not name.startswith("_TAPJS_")]',
    '    return [before, beside.HERE, answer, mine, os.getcwd() == os.environ["HOME"]]',
  )
  const end = await call(source, { args: [port] })
  const variables = ['HOME', 'LANG', 'PATH', 'RETIRE_CLUSTER_ATTEMPT', 'TMPDIR']
  t.strictSame(end.result?.value, [[], 1, 'from the network', variables, true])
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test('neither the source nor an argument stands in the list of processes', async (t) => {
  const { context, printed, end } = execution()
  const source = lines('import time', 'def f(secret):', '    print("begun")', '    time.sleep(60)')
  const running = run('python', { source, function: 'f', args: ['hunter2'] }, context)
  await until('it has begun', () => printed().includes('begun'))
  const [pid = 0] = membersOf({ attempt: ATTEMPT, group: null })
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  t.match(commandLine, 'python')
  t.notMatch(commandLine, /hunter2|time\.sleep/)
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted' })
})

void t.test('a function that goes on for ever is ended, with all that it started', async (t) => {
  const { context, end, printed } = execution()
  const source = lines(
    'import subprocess',
    'def f():',
    '    subprocess.Popen(["sleep", "600"])',
    '    subprocess.Popen(["sleep", "600"], start_new_session=True)',
    '    print("begun")',
    '    while True: pass',
  )
  const running = run('python', { source, function: 'f' }, context)
  // A process in the midst of an execve does not bear the marker yet.
  const living = () => membersOf({ attempt: ATTEMPT, group: null })
  await until('it has begun, with two more', () => printed().includes('begun') && living().length === 3)
  end.abort('timeout')
  t.match(await running, { outcome: 'interrupted', result: { output: 'begun\n', value: null } })
  t.strictSame(living(), [])
})

void t.test('source and arguments of a mebibyte are no problem', async (t) => {
  const end = await call(`# ${'x'.repeat(2 ** 20 - 100)}\ndef f(text): return len(text)`, {
    args: ['y'.repeat(2 ** 20)],
  })
  t.match(end, { outcome: 'completed', result: { value: 2 ** 20 } })
})
