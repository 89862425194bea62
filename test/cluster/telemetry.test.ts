import t from 'tap'
import { settle } from './fake-clock.ts'
import { createWorld, idle } from './world.ts'

void t.test('metrics are means and peaks over the samples of the online devices', async (t) => {
  const world = await createWorld(t)
  const first = await world.connect({ telemetry: { ...idle, cpu_usage: 10 } })
  const second = await world.connect({ telemetry: { ...idle, cpu_usage: 40 } })
  first.session.heartbeat({ ...idle, cpu_usage: 10 })
  first.session.heartbeat({ ...idle, cpu_usage: 30 })
  second.session.heartbeat({ ...idle, cpu_usage: 40 })
  second.session.heartbeat({ ...idle, cpu_usage: 80.04 })
  t.match((await world.node.cluster.metrics({})).metrics, {
    cpu: { average_usage: 40, peak_usage: 80, total_cores: 8 },
    memory: { average_usage: 12.5, total_gb: 16 },
    network: { average_rx_bytes_per_second: 100, average_tx_bytes_per_second: 200 },
    disk: { average_usage: 25, total_gb: 128 },
  })
  const only = (await world.node.cluster.metrics({ type: 'cpu' })).metrics
  t.same(Object.keys(only), ['cpu', 'tasks'])
  second.session.goodbye()
  await settle()
  t.match((await world.node.cluster.metrics({})).metrics, { cpu: { average_usage: 20, total_cores: 4 } })
})

void t.test(
  'what was told in a minute stays, though the node was too busy to write it before that was over',
  async (t) => {
    const world = await createWorld(t)
    const { session } = await world.connect({ device_id: 'd' })
    session.heartbeat({ ...idle, cpu_usage: 40 })
    await world.clock.advance(30_000)
    await world.clock.stall(30_050)
    const check = async (when: string) => {
      t.match((await world.node.cluster.metrics({})).metrics, { cpu: { average_usage: 40, peak_usage: 40 } }, when)
      const { utilization } = (await world.node.cluster.stats.devices({})).device_stats
      t.match(utilization, { d: { uptime_percent: 100, cpu_avg: 40 } }, when)
    }
    await check('at once')
    await world.clock.advance(60_000)
    await check('a minute later')
    const rows = world.store.commits.flatMap(({ metrics }) => metrics).filter(({ row }) => row.samples > 0)
    const minutes = rows.filter(({ resolution }) => resolution === 'minute')
    t.equal(minutes.length, 1, 'written once')
    t.match(minutes, [{ row: { cpu_avg: 40, online_ms: 60_000 } }])
  },
)
