import { mkdtempSync, readFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ended, killRead } from '../../cli/programs.ts'
import { startCluster, until } from '../../start-cluster.ts'

void t.test(
  'kill -9 of the server with 200 pending tasks: all are there, all finish, workers come back by themselves',
  async (t) => {
    const cluster = await startCluster(t, { workers: 2, workerArgs: ['--slots', '4'], args: ['--no-rate-limit'] })
    const before: string[] = []
    for (let n = 0; n < 200; n += 1) {
      const { task_id } = await cluster.submit({ task_type: 'sleep', payload: { duration: 0.05 } })
      before.push(task_id)
    }
    await cluster.killServer()
    const restarted = await cluster.tasks('limit=1000')
    t.same(
      restarted.tasks.map(({ task_id }) => task_id).sort(),
      [...before].sort(),
      'every acknowledged task is there after the restart',
    )
    await until('all tasks are completed', async () => {
      const { completed } = await cluster.tasks('limit=1')
      return completed === 200 ? true : undefined
    })
    t.match(await cluster.devices(), { total: 2, online: 2 })
  },
)

void t.test(
  'kill -9 of a worker in the middle of a task: its device goes offline, and the task runs elsewhere',
  async (t) => {
    const witness = join(mkdtempSync(join(tmpdir(), 'witness-')), 'runs')
    const cluster = await startCluster(t, {
      workers: 2,
      // Its connection closes with it; the other one has its time, however busy the machine.
      args: ['--reconnect-grace', '1'],
      workerArgs: ['--allow', 'command'],
    })
    // The first run waits for ever; whoever finds the witness of a run before ends at once.
    const script = [
      "const fs = require('node:fs')",
      'const [file] = process.argv.slice(1)',
      'const again = fs.existsSync(file)',
      "fs.appendFileSync(file, process.pid + '\\n')",
      "if (again) console.log('second run')",
      'else setInterval(() => undefined, 1000)',
    ].join(';')
    const { task_id, assigned_device } = await cluster.submit({
      task_type: 'command',
      payload: { command: [process.execPath, '-e', script, witness] },
    })
    const witnessed = () => (existsSync(witness) ? readFileSync(witness, 'utf8') : '')
    await until('the task has begun', () => Promise.resolve(witnessed().endsWith('\n') || undefined))
    const victim = cluster.workers.find(({ device_id }) => device_id === assigned_device)
    victim?.process.kill('SIGKILL')
    await until('the device is offline', async () => ((await cluster.devices()).offline === 1 ? true : undefined))
    const task = await cluster.task(task_id, 60)
    t.match(task, { status: 'completed', attempt: 2, result: { output: 'second run\n' } })
    t.not(task.device_id, assigned_device)
    t.match(task.attempts, [{ outcome: 'lost' }, { outcome: 'completed' }])
    const [first = '', second = '', ...more] = witnessed().trim().split('\n')
    t.ok(first !== '' && second !== '' && more.length === 0, 'it ran twice, and no more')
    // A worker ends what it left running at its next start; this one has none.
    killRead(Number(first))
  },
)

void t.test('a worker that was killed runs again with its own credential, and takes no token', async (t) => {
  const cluster = await startCluster(t, { workers: 1 })
  const [worker] = cluster.workers
  worker?.process.kill('SIGKILL')
  // Its directory is its own as long as it lives.
  if (worker !== undefined) await ended(worker.process)
  const again = await cluster.addWorker('worker-1', ['--token', 'no-token-at-all'])
  t.equal(again.device_id, 'worker-1')
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'back' } })
  t.match(await cluster.task(task_id, 60), { status: 'completed', result: { output: 'back' } })
})
