/**
 * The whole service for ten minutes: 5,000 devices with a heartbeat every ten seconds, and 200 tasks a second that are submitted one by
 * one, run and told of. Nobody may be taken for offline who is not.
 *
 *     npm run bench:endure
 *     npm run bench:endure -- --seconds 60
 *     npm run bench:endure -- --nodes 3 --devices 10000
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DeviceList, TaskList } from '../schemas/index.ts'
import { startLoadMaker } from './measure/load.ts'
import { ask, caller, type Service, startService } from './measure/service.ts'
import { startPostgresql } from './peers/servers/postgresql.ts'
import { type Simulator, startDevices } from './simulate/simulator.ts'

const USAGE = `npm run bench:endure -- [--seconds N] [--devices N] [--rate N] [--nodes N]

  --seconds  how long (600)
  --devices  played devices (5000)
  --rate     tasks a second (200)
  --nodes    nodes on one PostgreSQL, of which each has its share of the devices; the first one schedules; 0 is one on SQLite
`

/** Of the rate that is asked for: below it, another thing was measured. */
const LEAST_SHARE = 0.95
/** Of one core; asked of a single node. */
const MOST_CPU_PERCENT = 60
/** Asked of a single node. */
const MOST_RESIDENT_MB = 500

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    devices: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '200' },
    nodes: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stderr.write(USAGE)
  process.exit(0)
}
const [seconds, devices] = [Number(values.seconds), Number(values.devices)]
const [rate, nodes] = [Number(values.rate), Number(values.nodes)]

const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-'))
const flags = ['--heartbeat-interval', '10', '--offline-threshold', '30']
const postgresql = nodes === 0 ? undefined : await startPostgresql()
const services: Service[] = []
for (let number = 1; number <= Math.max(1, nodes); number += 1) {
  const database = postgresql === undefined ? [] : ['--database', postgresql.url]
  services.push(await startService(join(directory, `node-${number}`), [...flags, ...database]))
}
const [service] = services
if (service === undefined) throw new Error('no node was asked for')
const simulators: Simulator[] = []
for (const [index, each] of services.entries()) {
  const [first, next] = [index, index + 1].map((share) => Math.floor((share * devices) / services.length))
  simulators.push(await startDevices(each, (next ?? 0) - (first ?? 0), { taskMs: 100, first: first ?? 0 }))
}
process.stderr.write(`${devices} devices have joined\n`)

let most = 0
const watch = setInterval(() => (most = Math.max(most, service.residentMb())), 1000)
const load = startLoadMaker()
const [cpuBefore, beganMs] = [service.cpuSeconds(), performance.now()]
const answered = await load.ask({
  url: `${service.url}/api/v1/tasks`,
  method: 'POST',
  headers: caller,
  body: JSON.stringify({ task_type: 'echo', payload: { message: 'hello' } }),
  ...{ connections: 100, rate, seconds },
})
const cpuPercent = ((service.cpuSeconds() - cpuBefore) / ((performance.now() - beganMs) / 1000)) * 100
clearInterval(watch)
const { offline, online } = await ask<DeviceList>(service, '/api/v1/devices?limit=1')
const tasks = await ask<TaskList>(service, '/api/v1/tasks?limit=1')
const counts = await Promise.all(simulators.map((simulator) => simulator.ask({ kind: 'count' })))
const lost = counts.reduce((sum, count) => sum + count.lost, 0)

const falseOffline = Math.max(offline, lost)
const isReached =
  falseOffline === 0 &&
  online === devices &&
  answered.perSecond >= LEAST_SHARE * rate &&
  (nodes > 0 || (cpuPercent <= MOST_CPU_PERCENT && most <= MOST_RESIDENT_MB))
const figures = {
  ...{ seconds, devices, rate, nodes, load_average_1m: loadavg()[0] },
  ...{ submitted_per_second: answered.perSecond, submit_p50_ms: answered.p50Ms, submit_p99_ms: answered.p99Ms },
  ...{ completed: tasks.completed, unfinished: tasks.pending + tasks.running, failed: tasks.failed },
  ...{ false_offline: falseOffline, cpu_percent: cpuPercent, resident_mb: most, reached: isReached },
}
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
for (const simulator of simulators) await simulator.end()
await load.end()
for (const each of services.toReversed()) await each.end()
await postgresql?.end()
rmSync(directory, { recursive: true, force: true })
process.exit(isReached ? 0 : 1)
