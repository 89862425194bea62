import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linkMethods } from '../../../schemas/link.ts'
import { problemOf } from '../../../src/link/checks.ts'
import { evaluate as evaluateBy } from '../../../src/worker/executors/evaluation.ts'
import { membersOf } from '../../../src/worker/processes/proc.ts'
import { EVALUATOR } from '../../../src/worker/python/evaluator.ts'
import { executorWorld } from '../../worker/executor-world.ts'
import { startCanary } from '../../worker/http-world.ts'
import { ATTEMPT, execution, finished, until } from '../../worker/world.ts'

const { run } = executorWorld(t)
const evaluate = (expression: string, timeoutSeconds = 60) =>
  run('python_eval', { expression }, execution({ timeoutSeconds }).context)

void t.test('the value of an expression comes back as JSON', async (t) => {
  for (const [expression, value] of [
    ['sum(range(10))', 45],
    [' 1\n', 1],
    ['None', null],
    ['(1, [2.5, {"a": (True, None)}], "grüße")', [1, [2.5, { a: [true, null] }], 'grüße']],
    ['2 ** 53 - 1', Number.MAX_SAFE_INTEGER],
    ['[word.upper() for word in "a b".split()]', ['A', 'B']],
    ['(lambda n: n * 2)(21)', 42],
    [
      '[math.floor(1.5), statistics.mean([1, 2, 3]), random.random() < 1, re.findall("a+", "aab")]',
      [1, 2, true, ['aa']],
    ],
    ['json.loads("[1]") + list(itertools.islice(itertools.count(), 2))', [1, 0, 1]],
    ['datetime.date(2026, 11, 24).isoformat()', '2026-11-24'],
    ['sum(1 for _ in range(3))', 3],
    ['"\\ud800 \\u0000"', '\ud800 \0'],
  ] as const) {
    const end = await evaluate(expression)
    t.match(end, { outcome: 'completed', error: null, result: { output: '', exit_code: 0 } }, expression)
    t.strictSame(end.result?.value, value, expression)
    t.equal(problemOf(linkMethods['task.finished'].params, finished({ result: end.result })), undefined)
  }
})

void t.test('what JSON does not have exactly is printed as Python writes it', async (t) => {
  for (const [expression, output] of [
    ['2 ** 100', '1267650600228229401496703205376\n'],
    ['{1, 2}', '{1, 2}\n'],
    ['{1: 2}', '{1: 2}\n'],
    ['float("nan")', 'nan\n'],
    ['1 + 2j', '(1+2j)\n'],
    ['decimal.Decimal("1.10")', "Decimal('1.10')\n"],
    ['fractions.Fraction(1, 3)', 'Fraction(1, 3)\n'],
    ['b"x"', "b'x'\n"],
    ['[print("é", n) for n in (1, 2)] and None', 'é 1\né 2\n'],
  ] as const) {
    t.match(await evaluate(expression), { outcome: 'completed', result: { value: null, output } }, expression)
  }
})

void t.test('an error fails the task, and says what', async (t) => {
  for (const [expression, message] of [
    ['1 / 0', 'ZeroDivisionError: division by zero'],
    ['x', "NameError: name 'x' is not defined"],
    ['x = 1', 'SyntaxError: '],
    ['import os', 'SyntaxError: '],
    ['1 +', 'SyntaxError: '],
    ['('.repeat(5000), 'SyntaxError: '],
    ['(lambda f: f(f))(lambda f: f(f))', 'RecursionError: '],
    ['"x" * 10 ** 10', 'MemoryError'],
    ['[0] * 10 ** 9', 'MemoryError'],
  ] as const) {
    const end = await evaluate(expression)
    t.match(
      end,
      { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO' }, result: { exit_code: 1 } },
      expression.slice(0, 40),
    )
    t.ok(end.error?.message.startsWith(message), `${expression.slice(0, 40)}: ${end.error?.message ?? ''}`)
  }
  t.match(await evaluate('"x" * 2 ** 20'), { outcome: 'failed', error: { code: 'TASK_ERROR', message: 'longer than' } })
})

void t.test('an expression that goes on for ever is ended, with all that is its', async (t) => {
  const { context, end, printed } = execution()
  const running = run('python_eval', { expression: 'print("begun") or [0 for n in iter(int, 1) if n]' }, context)
  await until('it has begun', () => printed().includes('begun'))
  end.abort('timeout')
  t.match(await running, { outcome: 'interrupted', result: { output: 'begun\n', value: null } })
  t.strictSame(membersOf({ attempt: ATTEMPT, group: null }), [])
  // Where no worker is left to end it, the kernel does.
  t.match(await evaluate('[0 for n in iter(int, 1) if n]', 0.5), {
    outcome: 'failed',
    error: { code: 'TASK_KILLED' },
    result: { signal: 'SIGKILL' },
  })
})

/** Ways to the rest of Python, as collections of "jail escapes" have them. `FILE` is a file to read, `MADE` one to make, `PORT` the canary's. */
const escapes = [
  'open("FILE").read()',
  '__import__("os").system("touch MADE")',
  '__builtins__["open"]("FILE").read()',
  'eval("__import__(\\"os\\").system(\\"touch MADE\\")")',
  'exec("import os; os.system(\\"touch MADE\\")")',
  'compile("1", "", "eval")',
  'getattr(print, "__self__").open("FILE").read()',
  'print.__self__.open("FILE").read()',
  '().__class__.__base__.__subclasses__()',
  '[c for c in "".__class__.__mro__[-1].__subclasses__() if c.__name__ == "Popen"][0](["touch", "MADE"])',
  '(lambda: 0).__globals__["__builtins__"]["open"]("FILE").read()',
  '(lambda: 0).__code__.replace(co_consts=())',
  '(x for x in ()).gi_frame.f_back.f_globals',
  '[g for g in [(g.gi_frame for _ in [1])]][0].gi_frame.f_back',
  '(n for n in ()).gi_code.co_consts',
  'json.codecs.open("FILE").read()',
  'json.decoder.scanner.re.enum.sys.modules["os"].system("touch MADE")',
  'statistics.sys.modules["os"].system("touch MADE")',
  'random._os.system("touch MADE")',
  'random.SystemRandom.__init__.__globals__["_os"].system("touch MADE")',
  're.enum.sys.modules["os"].popen("cat FILE").read()',
  're.sub("x", (lambda m: m.re.__class__), "x")',
  'datetime.sys.modules["os"].system("touch MADE")',
  'fractions.Fraction.__init__.__globals__',
  'math.__loader__.load_module("os").system("touch MADE")',
  'str.__base__.__subclasses__()',
  'type("x", (), {})',
  'vars()',
  'globals()["__builtins__"]',
  'breakpoint()',
  'input()',
  'help()',
  'memoryview(b"x").obj.__class__',
  'print("x", file=open("MADE", "w"))',
  '__loader__',
  'exit()',
  'quit()',
  'license._Printer__filenames',
]

void t.test('the known ways out of the names are closed: no canary is touched', async (t) => {
  const { run, dataDir } = executorWorld(t)
  const secret = join(dataDir, 'secret')
  const made = join(dataDir, 'made')
  writeFileSync(secret, 'hunter2')
  for (const written of escapes) {
    const expression = written.replaceAll('FILE', secret).replaceAll('MADE', made)
    const end = await run('python_eval', { expression }, execution().context)
    t.match(end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO' } }, written)
    t.notMatch(JSON.stringify(end), 'hunter2')
  }
  t.equal(existsSync(made), false)
  t.equal(readFileSync(secret, 'utf8'), 'hunter2')
  t.strictSame(readdirSync(dataDir).sort(), ['secret', 'work'])
})

void t.test('what gets past the names still finds no file, no socket and no variable of the worker', async (t) => {
  process.env.SECRET_OF_THE_OWNER = 'hunter2'
  t.teardown(() => delete process.env.SECRET_OF_THE_OWNER)
  const canary = await startCanary(t)
  const { dataDir, workDirectory, log } = executorWorld(t)
  const secret = join(dataDir, 'secret')
  writeFileSync(secret, 'hunter2')
  // As if the check of the names were not there: the limits of the process are the second wall.
  const naked = EVALUATOR.replace('        check(tree)\n', '').replace(
    "limit(request['memory_bytes']",
    "import os, socket; names.update(vars(builtins), os=os, socket=socket); limit(request['memory_bytes']",
  )
  const attempt = (expression: string) =>
    evaluateBy(
      ['python3', '-I', '-S', '-X', 'utf8', '-c', naked],
      { expression, memory_bytes: 2 ** 29, seconds: 20 },
      execution().context,
      { workDirectory, log },
    )
  t.match(
    await attempt('().__class__ is tuple and os.getpid() > 0'),
    { result: { value: true } },
    'the first wall is gone',
  )
  for (const expression of [
    `open(${JSON.stringify(secret)}).read()`,
    `open(${JSON.stringify(join(dataDir, 'made'))}, "w")`,
    `os.open(${JSON.stringify(secret)}, 0)`,
    'os.listdir("/")',
    'os.pipe()',
    `socket.create_connection(("127.0.0.1", ${canary.port}))`,
    'socket.socket()',
    `__import__("urllib.request").request.urlopen("http://127.0.0.1:${canary.port}/")`,
    '__import__("subprocess").run(["true"])',
    'os.environ["SECRET_OF_THE_OWNER"]',
  ]) {
    const end = await attempt(expression)
    t.match(end, { outcome: 'failed', error: { code: 'TASK_EXIT_NONZERO' } }, expression)
    t.notMatch(JSON.stringify(end), 'hunter2')
  }
  t.match(canary, { connections: 0 })
  t.strictSame(readdirSync(dataDir).sort(), ['secret', 'work'])
})
