import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { membersOf, readMemory } from '../../../src/worker/processes/proc.ts'
import { ended } from '../../cli/programs.ts'
import { type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { STUBBORN } from './stubborn.ts'

/** TERM has 5 seconds; then the tree is killed, and two seconds are left to a busy machine. */
const GONE_WITHIN_SECONDS = 7

/** Its tree stands before that, however busy the machine. */
const TIMEOUT_SECONDS = 8

const workDirectoryOf = (cluster: RunningCluster): string => join(cluster.nodeDirectory, '..', 'worker-1', 'work')

type Owner = Parameters<typeof startCluster>[0]

const startWorker = (t: Owner) => startCluster(t, { workers: 1, workerArgs: ['--allow', 'command,shell'] })

/** Starts a task that does not want to end. Resolves when all of its tree stands, with a way to see what of it is left. */
const startStubborn = async (t: Owner, cluster: RunningCluster, more: object = {}) => {
  const { task_id } = await cluster.submit({
    task_type: 'command',
    payload: { command: STUBBORN, shell: true },
    ...more,
  })
  // An attempt has a directory, whose name all its processes bear.
  const attempt = await until('the attempt has its directory', () =>
    Promise.resolve(readdirSync(workDirectoryOf(cluster)).find((name) => name.startsWith(`${task_id}.`))),
  )
  const name = attempt.replace(/\.json$/, '')
  const living = () => membersOf({ attempt: name, group: null })
  t.teardown(() => {
    for (const pid of living()) process.kill(pid, 'SIGKILL')
  })
  await until('the tree stands', () => Promise.resolve(living().length >= 6 || undefined))
  return { task_id, living }
}

void t.test('a cancelled task that traps TERM and detaches children is out of the process table in time', async (t) => {
  const cluster = await startWorker(t)
  const { task_id, living } = await startStubborn(t, cluster)
  const { status } = await cluster.call('DELETE', `/api/v1/tasks/${task_id}`)
  t.equal(status, 200)
  await until('nothing of it runs', () => Promise.resolve(living().length === 0 || undefined), GONE_WITHIN_SECONDS)
  t.match(await cluster.task(task_id), { status: 'cancelled' })
})

void t.test('so is one whose running time is used up', async (t) => {
  const cluster = await startWorker(t)
  const submittedMs = performance.now()
  const { task_id, living } = await startStubborn(t, cluster, { timeout: TIMEOUT_SECONDS })
  const leftSeconds = TIMEOUT_SECONDS - (performance.now() - submittedMs) / 1000
  const seconds = leftSeconds + GONE_WITHIN_SECONDS
  await until('nothing of it runs', () => Promise.resolve(living().length === 0 || undefined), seconds)
  t.match(await cluster.task(task_id, 60), { status: 'failed', error: { code: 'TASK_TIMEOUT' } })
})

void t.test('a worker that was killed with -9 ends what it left running when it starts again', async (t) => {
  const cluster = await startWorker(t)
  const { task_id, living } = await startStubborn(t, cluster, { on_device_lost: 'fail' })
  const [worker] = cluster.workers
  worker?.process.kill('SIGKILL')
  if (worker !== undefined) await ended(worker.process)
  // One of its sleeps may just have ended, and the next one not begun.
  await until('what it ran runs on without it', () => Promise.resolve(living().length >= 6 || undefined))
  await cluster.addWorker('worker-1')
  t.strictSame(living(), [], 'before it joins, all of it is ended')
  t.match(await cluster.task(task_id, 60), { status: 'failed', error: { code: 'DEVICE_LOST' } })
  t.strictSame(readdirSync(workDirectoryOf(cluster)), [])
})

const MOST_BYTES = 200 * 2 ** 20

/** What 200 MiB can be, how the task ends after it, what is known of it then, and how many bytes of what is kept may stay unused. */
const floods = [
  {
    what: 'a line that never ends',
    unfilled: 0,
    command: `head -c ${MOST_BYTES} /dev/zero | tr '\\0' x`,
    told: { status: 'completed', progress: null, result: { output_bytes: MOST_BYTES, exit_code: 0, signal: null } },
  },
  {
    what: 'bytes that are no text',
    // By chance some are a character, which has at most four bytes, and is not torn.
    unfilled: 3,
    command: `head -c ${MOST_BYTES} /dev/urandom; exit 3`,
    told: {
      status: 'failed',
      error: { code: 'TASK_EXIT_NONZERO' },
      result: { output_bytes: MOST_BYTES, exit_code: 3, signal: null },
    },
  },
  {
    what: 'a line that begins as one of progress, and never ends',
    unfilled: 0,
    command: `printf ::retire-cluster; printf " progress=40::"; head -c ${MOST_BYTES} /dev/zero; kill -SEGV $$`,
    told: {
      status: 'failed',
      progress: null,
      error: { code: 'TASK_KILLED' },
      result: { output_bytes: MOST_BYTES + 30, exit_code: null, signal: 'SIGSEGV' },
    },
  },
  {
    what: 'lines, and among them how far it is',
    unfilled: 0,
    command: `yes "$(printf '%01023d\\n::retire-cluster progress=62.5::page 5' 0)" | head -n 409600; kill -TERM $$`,
    told: {
      status: 'failed',
      progress: 62.5,
      progress_message: 'page 5',
      error: { code: 'TASK_KILLED' },
      result: { output_bytes: MOST_BYTES, exit_code: null, signal: 'SIGTERM' },
    },
  },
]

for (const { what, command, told, unfilled } of floods) {
  void t.test(`a task that prints 200 MiB, ${what}, does not fill the worker’s memory`, async (t) => {
    const cluster = await startWorker(t)
    const pid = cluster.workers[0]?.process.pid ?? 0
    const before = readMemory(pid)?.highest ?? 0
    const { task_id } = await cluster.submit({ task_type: 'command', payload: { command, shell: true } })
    const task = await cluster.task(task_id, 60)
    t.match(task, { ...told, result: { ...told.result, output_truncated: true } }, 'it is counted in full')
    const kept = Buffer.byteLength(task.result?.output ?? '')
    t.ok(kept >= 2 ** 20 - unfilled && kept <= 2 ** 20, `${kept} bytes are kept`)
    const grownMebibytes = ((readMemory(pid)?.highest ?? 0) - before) / 2 ** 20
    t.ok(before > 0 && grownMebibytes < 64, `it grew by ${grownMebibytes.toFixed(1)} MiB`)
  })
}
