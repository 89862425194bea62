import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DeviceDetail, TaskDetail } from '../../../schemas/index.ts'
import { fixedAt } from '../../../src/link/client/keep-connected.ts'
import { startAgent } from '../../../src/worker/agent.ts'
import { noWishes, type OwnerWishes } from '../../../src/worker/policy/limits.ts'
import { ended, entry } from '../../cli/programs.ts'
import { JOIN_TOKEN, type RunningCluster, startCluster, until } from '../../start-cluster.ts'
import { type OwnedPhone, ownedPhone } from '../owned-devices.ts'
import { keptLog, temporaryDirectory } from '../world.ts'

type Owner = Parameters<typeof ownedPhone>[0]

/** A worker on a phone of the test, in this process, on a real connection. */
const joinPhone = async (
  t: Owner,
  cluster: RunningCluster,
  { allow = [], ...wishes }: Partial<OwnerWishes> & { readonly allow?: readonly string[] },
): Promise<OwnedPhone> => {
  const phone = ownedPhone(t)
  const joined = Promise.withResolvers<string>()
  const agent = await startAgent({
    dataDir: temporaryDirectory(t),
    node: fixedAt({ host: '127.0.0.1', port: cluster.clusterPort, fingerprint: undefined }),
    token: JOIN_TOKEN,
    deviceId: 'phone',
    role: 'mobile',
    tags: [],
    slots: 2,
    allow,
    wishes: { ...noWishes, ...wishes },
    workerFile: entry('worker'),
    log: keptLog(),
    version: '0.1.0',
    machine: phone.machine,
    onJoined: joined.resolve,
  })
  t.teardown(() => agent.stop())
  await joined.promise
  return phone
}

const detail = async (cluster: RunningCluster) =>
  (await cluster.call<{ device: DeviceDetail }>('GET', '/api/v1/devices/phone')).data.device
const pausedBy = (cluster: RunningCluster, reason: string | null) =>
  until(`the phone is paused by ${reason}`, async () =>
    ((await detail(cluster)).paused?.reason ?? null) === reason ? true : undefined,
  )
const waiting = (cluster: RunningCluster, task_id: string) =>
  until('it says why it waits', async () => (await cluster.task(task_id)).pending_reason ?? undefined)
const running = (cluster: RunningCluster, task_id: string): Promise<TaskDetail> =>
  until('it runs', async () => {
    const task = await cluster.task(task_id)
    return task.status === 'running' ? task : undefined
  })

const often = ['--heartbeat-interval', '1', '--offline-threshold', '30', '--no-rate-limit']

void t.test(
  'on battery at 15 %, with 20 % to keep, a phone gets nothing, says why, and works once it is plugged in',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0, args: often })
    const phone = await joinPhone(t, cluster, { minBatteryPercent: 20 })
    phone.charge(15)
    phone.plug('out')
    await pausedBy(cluster, 'battery')
    t.match(await detail(cluster), {
      status: 'online',
      paused: { message: /on battery at 15 %, and its owner keeps 20 %/ },
      policy: { min_battery_percent: 20, max_temperature_celsius: 42 },
      detailed_info: { battery: { level: 15, charging: false, temperature_celsius: 30 } },
    })
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'hi' } })
    t.match(await waiting(cluster, task_id), { code: 'devices_paused', message: /phone takes no tasks now.*15 %/ })
    phone.plug('in')
    t.match(await cluster.task(task_id, 60), { status: 'completed', device_id: 'phone', pending_reason: null })
  },
)

void t.test('a worker that is told to stop hands its task to another one before it is gone', async (t) => {
  const cluster = await startCluster(t, { workers: 1, args: often, workerArgs: ['--allow', 'command'] })
  const gate = join(temporaryDirectory(t), 'gate')
  // It runs until it is told to end: to join, and to stop, takes its time on a busy machine.
  const untilTold = `setInterval(() => fs.existsSync(process.argv[1]) && process.exit(), 50)`
  const command = [process.execPath, '-e', untilTold, gate]
  const { task_id } = await cluster.submit({ task_type: 'command', payload: { command }, max_retries: 0 })
  await running(cluster, task_id)
  await joinPhone(t, cluster, { allow: ['command'] })
  const [worker] = cluster.workers
  worker?.process.kill('SIGTERM')
  if (worker !== undefined) await ended(worker.process)
  writeFileSync(gate, '')
  const task = await cluster.task(task_id, 60)
  t.match(task, {
    status: 'completed',
    device_id: 'phone',
    retries: 0,
    attempts: [
      { device_id: 'worker-1', outcome: 'returned', error: { message: 'Its worker was told to stop.' } },
      { device_id: 'phone', outcome: 'completed' },
    ],
  })
})
