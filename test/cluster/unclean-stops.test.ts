import t from 'tap'
import { MOST_UNCLEAN_STOPS, type UncleanStop, type UncleanStopReport } from '../../schemas/index.ts'
import { createWorld } from './world.ts'

const stop = (minute: number, more: Partial<UncleanStopReport> = {}): UncleanStopReport => ({
  kind: 'killed',
  message: 'The worker was killed.',
  started_ms: Date.UTC(2026, 10, 24, 9, minute),
  last_alive_ms: Date.UTC(2026, 10, 24, 10, minute),
  ...more,
})

/** The same as the node keeps it. */
const keptOf = (
  { kind, message, started_ms, last_alive_ms }: UncleanStopReport,
  reported_at = '2026-11-24T12:00:00.000Z',
): UncleanStop => ({
  kind,
  message,
  started_at: new Date(started_ms).toISOString(),
  last_alive_at: new Date(last_alive_ms).toISOString(),
  reported_at,
})

const stopsOf = async (world: Awaited<ReturnType<typeof createWorld>>, device_id: string) =>
  (await world.node.cluster.devices.get({ device_id })).unclean_stops

void t.test('unclean stops stand in the detail of the device and in the log, and outlive the node', async (t) => {
  const world = await createWorld(t)
  const { id, credential } = await world.connect({ device_id: 'phone-1' })
  t.strictSame(await stopsOf(world, id), [])
  const told = stop(0, { kind: 'restarted', message: 'The device lost power.' })
  await world.connect({ credential, unclean_stops: [told] })
  const kept = [keptOf(told)]
  t.strictSame(await stopsOf(world, id), kept)
  const { logs } = await world.node.cluster.logs.list({ level: 'warning', device_id: id })
  t.match(logs, [{ message: /phone-1 had ended uncleanly: The device lost power/, details: { kind: 'restarted' } }])
  await world.restart()
  t.strictSame(await stopsOf(world, id), kept)
})

void t.test('one that is told twice, since the welcome was lost on the way, counts once', async (t) => {
  const world = await createWorld(t)
  const { id, credential } = await world.connect({ unclean_stops: [stop(0)] })
  await world.clock.advance(1000)
  await world.connect({ credential, unclean_stops: [stop(0), stop(1)] })
  t.strictSame(await stopsOf(world, id), [keptOf(stop(0)), keptOf(stop(1), '2026-11-24T12:00:01.000Z')])
})

void t.test('the last ones are kept', async (t) => {
  const world = await createWorld(t)
  const many = Array.from({ length: MOST_UNCLEAN_STOPS }, (_, minute) => stop(minute))
  const { id, credential } = await world.connect({ unclean_stops: many })
  await world.connect({ credential, unclean_stops: [stop(50)] })
  const stops = await stopsOf(world, id)
  t.equal(stops.length, MOST_UNCLEAN_STOPS)
  t.strictSame(stops[0], keptOf(stop(1)))
  t.strictSame(stops.at(-1), keptOf(stop(50)))
})
