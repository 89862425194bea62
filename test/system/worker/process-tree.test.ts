import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandRunner } from '../../../src/worker/executors/command.ts'
import { MARKER, membersOf, readStat } from '../../../src/worker/processes/proc.ts'
import { endLeftovers } from '../../../src/worker/processes/workplace.ts'
import { EPOCH, execution, keptLog, type Owner, temporaryDirectory, until } from '../../worker/world.ts'
import { STUBBORN } from './stubborn.ts'

const ATTEMPT = `task-a.${EPOCH}.1`

const world = (t: Owner, graceMs = 300) => {
  const workDirectory = join(temporaryDirectory(t), 'work')
  const run = commandRunner({ workDirectory, allow: ['shell'], log: keptLog(), graceMs })
  return { workDirectory, run }
}

const living = () => membersOf({ attempt: ATTEMPT, group: null })

void t.test('a tree that traps TERM and detaches its children is gone when its end is told', async (t) => {
  const { context, end, printed } = execution()
  const { run } = world(t)
  const running = run({ command: STUBBORN, shell: true }, context)
  await until('the tree stands', () => printed().includes('begun') && living().length >= 6)
  end.abort('timeout')
  t.match(await running, { outcome: 'interrupted', result: { signal: 'SIGKILL' } })
  t.strictSame(living(), [])
})

void t.test('a tree that heeds TERM is not killed', async (t) => {
  const { context, end, printed } = execution()
  const command = 'trap "echo bye; exit 0" TERM; echo begun; while :; do sleep 0.05; done'
  const running = world(t, 20_000).run({ command, shell: true }, context)
  await until('it has begun', () => printed().includes('begun'))
  end.abort('cancelled')
  // The shell tells of its sleep that was ended as well, on another pipe: before or after.
  t.match(await running, { outcome: 'interrupted', result: { output: /^bye$/m, exit_code: 0, signal: null } })
})

void t.test('a stopped program is ended too', async (t) => {
  const { context, end, printed } = execution()
  const running = world(t).run({ command: 'echo begun; kill -STOP $$', shell: true }, context)
  await until(
    'it has stopped',
    () => printed().includes('begun') && living().some((pid) => readStat(pid)?.state === 'T'),
  )
  end.abort('cancelled')
  t.match(await running, { outcome: 'interrupted' })
  t.strictSame(living(), [])
})

void t.test('what a program leaves behind ends with it, and its result is not held up by it', async (t) => {
  const { context } = execution()
  const command = 'setsid sleep 1000 & sleep 1000 & echo done'
  t.match(await world(t).run({ command, shell: true }, context), {
    outcome: 'completed',
    result: { output: 'done\n', exit_code: 0 },
  })
  t.strictSame(living(), [])
})

void t.test('a worker that ends at once kills what left the group as well', async (t) => {
  const { context, kill, printed } = execution()
  const running = world(t).run({ command: STUBBORN, shell: true }, context)
  await until('the tree stands', () => printed().includes('begun') && living().length >= 6)
  kill.abort()
  await until('all of it is gone', () => living().length === 0)
  t.match(await running, { outcome: 'interrupted' })
})

void t.test('what a command uses up is measured', async (t) => {
  const { context } = execution()
  // It counts its own processor time: on a busy machine it gets a small share of the clock's.
  const script =
    'const held = Buffer.alloc(64 << 20, 1); while (process.cpuUsage().user < 1e6) for (let n = 0; n < 1e6; n++); held.at(0)'
  const { resource_usage: usage } = await world(t).run({ command: [process.execPath, '-e', script] }, context)
  t.ok((usage.peak_memory_mb ?? 0) > 64, `${usage.peak_memory_mb} MiB`)
  t.ok((usage.total_cpu_time_seconds ?? 0) > 0.3, `${usage.total_cpu_time_seconds} s`)
  t.ok((usage.peak_cpu_percent ?? 0) > 0, `${usage.peak_cpu_percent} %`)
})

void t.test('what lost its parent, or left the group, is measured like the rest of the tree', async (t) => {
  // Half a second of processor time, and then long enough for a search or two, whatever share of the machine it gets.
  const script = `
    const held = Buffer.alloc(64 << 20, 1)
    while (process.cpuUsage().user < 5e5) for (let n = 0; n < 1e5; n++);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000)
    require('fs').writeFileSync('over', String(held.at(0)))`
  for (const start of ['', 'setsid ']) {
    const { context } = execution()
    // The shell in parentheses ends at once, and what it started is nobody's child.
    const command = `(${start}"${process.execPath}" -e "$SCRIPT" &); until [ -e over ]; do sleep 0.1; done`
    const { outcome, resource_usage: usage } = await world(t).run(
      { command, shell: true, env: { SCRIPT: script } },
      context,
    )
    t.equal(outcome, 'completed')
    t.ok((usage.peak_memory_mb ?? 0) > 64, `${start}: ${usage.peak_memory_mb} MiB`)
    t.ok((usage.total_cpu_time_seconds ?? 0) >= 0.5, `${start}: ${usage.total_cpu_time_seconds} s`)
  }
})

void t.test('the next start ends what a killed worker left running, and nothing else', async (t) => {
  const workDirectory = join(temporaryDirectory(t), 'work')
  mkdirSync(join(workDirectory, ATTEMPT), { recursive: true })
  const start = (attempt: string) => {
    const env = { PATH: process.env.PATH, RETIRE_CLUSTER_ATTEMPT: attempt }
    const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1; done'], {
      detached: true,
      env,
      stdio: 'ignore',
    })
    t.teardown(() => child.kill('SIGKILL'))
    return child
  }
  const left = start(ATTEMPT)
  const foreign = start(`${ATTEMPT}0`)
  const log = keptLog()
  await endLeftovers(workDirectory, log)
  await until('it is gone', () => left.signalCode === 'SIGKILL')
  t.equal(foreign.exitCode, null)
  t.equal(readStat(foreign.pid ?? 0)?.state === 'Z', false)
  t.strictSame(readdirSync(workDirectory), [])
  t.strictSame(log.lines, [])
})

void t.test('a recorded process that is another one by now is left alone', async (t) => {
  const workDirectory = join(temporaryDirectory(t), 'work')
  mkdirSync(workDirectory)
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  const nameOf = () => readFileSync(`/proc/${child.pid}/comm`, 'utf8')
  await until('it is what it was started as', () => nameOf() === 'sleep\n')
  const record = join(workDirectory, `${ATTEMPT}.json`)
  writeFileSync(record, JSON.stringify({ pid: child.pid, started: 'another-boot:1' }))
  await endLeftovers(workDirectory, keptLog())
  t.equal(existsSync(record), false)
  t.match(nameOf(), 'sleep')
  t.not(readStat(child.pid ?? 0)?.state, 'Z')
})

void t.test('a marker behind a long environment is found', async (t) => {
  const env = { PATH: process.env.PATH ?? '', PADDING: 'x'.repeat(100_000), [MARKER]: ATTEMPT }
  const child = spawn('sleep', ['1000'], { env, stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  await until('it is found', () => living().includes(child.pid ?? 0))
})

void t.test('a look at a process takes no memory that has to be given back', (t) => {
  const taken = Array.from({ length: 10 }, () => {
    const before = process.memoryUsage().external
    for (let look = 0; look < 5; look += 1) readStat(process.pid)
    return process.memoryUsage().external - before
  })
  // Where something was given back in between, it is less than nothing.
  t.ok(Math.max(...taken.slice(1)) < 65_536, `${taken.join()} bytes for 5 looks each`)
  t.end()
})
