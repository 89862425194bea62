import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linkMethods } from '../../schemas/link.ts'
import type { PayloadOf } from '../../schemas/task-types.ts'
import { problemOf } from '../../src/link/checks.ts'
import { executorWorld } from './executor-world.ts'
import { EPOCH, execution, finished, temporaryDirectory, until } from './world.ts'

const isWindows = process.platform === 'win32'

/** Runs a program of Node: `command` with the words of `node -e`. */
const node = (script: string, more: Partial<PayloadOf<'command'>> = {}) => ({
  command: [process.execPath, '-e', script],
  ...more,
})

void t.test('echo prints its message as often as it was asked, joined by line feeds', async (t) => {
  const { context, printed } = execution()
  const end = await executorWorld(t).run('echo', { message: 'Hello World', repeat: 3 }, context)
  const output = 'Hello World\nHello World\nHello World'
  t.match(end, {
    outcome: 'completed',
    error: null,
    result: { output, exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 35 },
  })
  t.equal(printed(), output)
})

void t.test('echo without a payload prints nothing', async (t) => {
  t.match(await executorWorld(t).run('echo', {}, execution().context), { outcome: 'completed', result: { output: '' } })
})

void t.test('echo has no more processor time than it took, and no more than one core', async (t) => {
  const world = executorWorld(t)
  const impossible: unknown[] = []
  for (let time = 0; time < 200; time += 1) {
    const beganMs = performance.now()
    const { resource_usage } = await world.run('echo', { message: 'x', repeat: 1000 }, execution().context)
    const tookSeconds = (performance.now() - beganMs) / 1000
    const { peak_cpu_percent, total_cpu_time_seconds } = resource_usage
    if (!(Number(peak_cpu_percent) <= 100 && Number(total_cpu_time_seconds) <= tookSeconds))
      impossible.push({ ...resource_usage, tookSeconds })
  }
  t.strictSame(impossible, [])
})

void t.test('echo of more than is kept is cut, counted, and never made whole', async (t) => {
  const message = '€'.repeat(300_000)
  const end = await executorWorld(t).run('echo', { message, repeat: 10_000 }, execution().context)
  t.match(end.result, { output_truncated: true, output_bytes: 900_001 * 10_000 - 1 })
  const bytes = Buffer.byteLength(end.result?.output ?? '')
  t.ok(bytes <= 1_048_576 && bytes > 1_048_576 - 4, `${bytes} bytes are kept`)
  t.notMatch(end.result?.output, '\ufffd')
})

void t.test('a payload that is not valid fails the task wherever it runs', async (t) => {
  const { run } = executorWorld(t, { allow: ['command'] })
  for (const [type, payload] of [
    ['echo', { message: 5 }],
    ['sleep', {}],
    ['system_info', { verbose: true }],
    ['command', { command: [] }],
    ['command', { command: 'ls' }],
    ['command', { command: ['ls', 'a\0b'] }],
  ] as const) {
    t.match(await run(type, payload, execution().context), { outcome: 'failed', error: { code: 'TASK_ERROR' } })
  }
})

void t.test('sleep ends when its time is over, and at once when it is told to', async (t) => {
  const { run, clock } = executorWorld(t)
  const rest = run('sleep', { duration: 2 }, execution().context)
  await clock.advance(2000)
  t.match(await rest, { outcome: 'completed', result: { exit_code: 0, output: '' } })
  const { context, end } = execution()
  const broken = run('sleep', { duration: 2 }, context)
  end.abort('cancelled')
  t.match(await broken, { outcome: 'interrupted' })
})

void t.test('system_info returns what the device tells of itself', async (t) => {
  const end = await executorWorld(t).run('system_info', {}, execution().context)
  t.match(end, {
    outcome: 'completed',
    result: { exit_code: 0, value: { profile: { worker_version: '1.2.3' }, telemetry: { storage_total_gb: Number } } },
  })
})

void t.test('a command’s exit code comes back exactly', async (t) => {
  const { run } = executorWorld(t)
  t.match(await run('command', node('process.exit(0)'), execution().context), {
    outcome: 'completed',
    result: { exit_code: 0, signal: null },
    error: null,
  })
  for (const code of [1, 2, 126, 127, 137, 255]) {
    t.match(await run('command', node(`process.exit(${code})`), execution().context), {
      outcome: 'failed',
      result: { exit_code: code, signal: null },
      error: { code: 'TASK_EXIT_NONZERO', message: `${code}` },
    })
  }
})

void t.test('a command that a signal ended was killed', { skip: isWindows }, async (t) => {
  t.match(await executorWorld(t).run('command', node('process.kill(process.pid, "SIGKILL")'), execution().context), {
    outcome: 'failed',
    result: { exit_code: null, signal: 'SIGKILL' },
    error: { code: 'TASK_KILLED', message: 'SIGKILL' },
  })
})

void t.test('a command’s two outputs come back as one, and as they are printed', async (t) => {
  const gate = join(temporaryDirectory(t), 'gate')
  // What comes by two pipes at a time comes in either order.
  const script = `process.stdout.write('out ')
    const looking = setInterval(() => {
      if (!fs.existsSync(${JSON.stringify(gate)})) return
      clearInterval(looking)
      process.stderr.write('err')
    }, 10)`
  const { context, printed } = execution()
  const running = executorWorld(t).run('command', node(script), context)
  await until('the first comes', () => printed() === 'out ')
  writeFileSync(gate, '')
  const end = await running
  t.match(end.result, { output: 'out err', output_bytes: 7, output_truncated: false })
  t.equal(printed(), 'out err')
})

void t.test('a command gets its input', async (t) => {
  const { run } = executorWorld(t)
  const end = await run('command', node('process.stdin.pipe(process.stdout)', { stdin: 'grüße' }), execution().context)
  t.equal(end.result?.output, 'grüße')
  const unread = await run('command', node('', { stdin: 'x'.repeat(1_000_000) }), execution().context)
  t.equal(unread.outcome, 'completed', 'it need not read it')
})

void t.test('lines of a command that say how far it is are no output, on its standard output alone', async (t) => {
  const { context, printed, reports } = execution()
  const script = `
    console.log('one')
    process.stdout.write('::retire-cluster progr')
    setTimeout(() => {
      console.log('ess=40::half of it')
      console.error('::retire-cluster progress=50')
      console.log('::retire-cluster progress=400')
      process.stdout.write('::retire-cluster progress=99.96')
    }, 100)`
  const end = await executorWorld(t).run('command', node(script), context)
  const lines = ['one', '::retire-cluster progress=400', '::retire-cluster progress=50', '']
  t.same(end.result?.output.split('\n').sort(), lines.sort())
  t.equal(end.result?.output_bytes, lines.join('\n').length, 'they are not counted either')
  t.equal(printed(), end.result?.output)
  t.same(reports, [
    { progress: 40, progress_message: 'half of it' },
    { progress: 100, progress_message: null },
  ])
})

void t.test('how far a command is comes through behind more output than is kept', async (t) => {
  const { context, reports } = execution()
  const script = 'process.stdout.write("x".repeat(2 ** 21) + "\\n::retire-cluster progress=80\\ny".repeat(2))'
  const end = await executorWorld(t).run('command', node(script), context)
  t.match(end.result, { output_truncated: true, output_bytes: 2 ** 21 + 4 })
  t.same(reports, Array(2).fill({ progress: 80, progress_message: null }))
})

void t.test('a command that prints more than is kept is cut, and all of it is counted', async (t) => {
  const script = 'for (let i = 0; i < 30; i += 1) process.stdout.write("é".repeat(50_000))'
  const end = await executorWorld(t).run('command', node(script), execution().context)
  t.match(end.result, { output_truncated: true, output_bytes: 3_000_000 })
  t.equal(end.result?.output, 'é'.repeat(524_288))
})

void t.test('what a command prints that is not UTF-8 is replaced', async (t) => {
  const end = await executorWorld(t).run(
    'command',
    node('process.stdout.write(Buffer.from([97, 255, 98]))'),
    execution().context,
  )
  t.match(end.result, { output: 'a\ufffdb', output_bytes: 3 })
})

void t.test('a command runs in an empty directory of its own that is removed afterwards', async (t) => {
  const { run, workDirectory } = executorWorld(t)
  const script = 'fs.writeFileSync("made", ""); console.log(JSON.stringify([process.cwd(), fs.readdirSync(".")]))'
  const end = await run('command', node(script), execution().context)
  const [cwd, entries] = JSON.parse(end.result?.output ?? '') as [string, string[]]
  t.match(cwd, new RegExp(`task-a\\.${EPOCH}\\.1$`))
  t.strictSame(entries, ['made'])
  t.equal(existsSync(cwd), false)
  t.strictSame(readdirSync(workDirectory), [])
})

void t.test(
  'a command gets a clean environment, what its task brings, and a marker that nothing overrides',
  async (t) => {
    process.env.SECRET_OF_THE_OWNER = 'secret'
    t.teardown(() => delete process.env.SECRET_OF_THE_OWNER)
    const env = { COLOUR: 'blue', RETIRE_CLUSTER_ATTEMPT: 'another' }
    const end = await executorWorld(t).run(
      'command',
      node('console.log(JSON.stringify(process.env))', { env }),
      execution().context,
    )
    const seen = JSON.parse(end.result?.output ?? '') as Record<string, string>
    t.match(seen, {
      PATH: process.env.PATH,
      COLOUR: 'blue',
      RETIRE_CLUSTER_ATTEMPT: `task-a.${EPOCH}.1`,
      HOME: new RegExp(`task-a\\.${EPOCH}\\.1$`),
    })
    t.equal(seen.TMPDIR, seen.HOME)
    t.notHas(seen, { SECRET_OF_THE_OWNER: String })
  },
)

void t.test('a program that this device does not have is rejected, and so is one that cannot be run', async (t) => {
  const { run, workDirectory } = executorWorld(t)
  t.match(await run('command', { command: ['no-such-program-here'] }, execution().context), {
    outcome: 'rejected',
    result: null,
    error: { code: 'TASK_REJECTED', message: 'no-such-program-here' },
    rejection: 'program',
  })
  t.match(await run('command', { command: [isWindows ? 'C:\\' : '/'] }, execution().context), { outcome: 'rejected' })
  t.strictSame(readdirSync(workDirectory), [], 'nothing is left of them')
})

void t.test('a line for the shell needs the owner’s word', async (t) => {
  const payload = { command: 'echo one && echo two', shell: true }
  t.match(await executorWorld(t).run('command', payload, execution().context), {
    outcome: 'rejected',
    error: { code: 'TASK_REJECTED', message: 'shell' },
  })
  const allowed = await executorWorld(t, { allow: ['shell'] }).run('command', payload, execution().context)
  t.match(allowed, { outcome: 'completed', result: { output: /one\s+two/ } })
})

void t.test('a command that is told to end is ended, and what it printed is kept', async (t) => {
  const { context, end, printed } = execution()
  const running = executorWorld(t).run('command', node('console.log("begun"); setInterval(() => 0, 1000)'), context)
  await until('it has begun', () => printed().includes('begun'))
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted', result: { output: /begun/, exit_code: null }, error: null })
})

void t.test('a command that is told to end before it has begun does not begin', async (t) => {
  const { context, end } = execution()
  const running = executorWorld(t).run('command', node('console.log("begun"); setInterval(() => 0, 1000)'), context)
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted', result: null })
})

void t.test('a worker that ends at once kills its commands without waiting', async (t) => {
  const { context, kill, printed } = execution()
  const script = 'process.on("SIGTERM", () => 0); console.log("begun"); setInterval(() => 0, 1000)'
  const running = executorWorld(t).run('command', node(script), context)
  await until('it has begun', () => printed().includes('begun'))
  kill.abort()
  t.match(await running, { outcome: 'interrupted' })
})

void t.test('every end of an executor meets the schema of the link', async (t) => {
  const { run } = executorWorld(t)
  for (const [type, payload] of [
    ['echo', { message: 'x' }],
    ['system_info', {}],
    ['command', node('setTimeout(() => 0, 600)')],
    ['command', node('process.exit(3)')],
    ['command', { command: ['no-such-program-here'] }],
  ] as const) {
    const { outcome, ...end } = await run(type, payload, execution().context)
    t.not(outcome, 'interrupted')
    const message = finished({ ...end, outcome: outcome === 'interrupted' ? 'failed' : outcome })
    t.equal(problemOf(linkMethods['task.finished'].params, message), undefined)
  }
})
