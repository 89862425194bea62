import t from 'tap'
import type { Cluster, EventSource, StreamEvent } from '../../src/cluster/cluster.ts'
import type { DeviceLink } from '../../src/cluster/ports/link.ts'
import { createEventRelay } from '../../src/link/cluster/event-relay.ts'
import { leased } from '../../src/link/cluster/leased.ts'
import { clusterOf } from '../../src/link/cluster/operations.ts'
import { createSeat, type Occupant } from '../../src/link/cluster/seat.ts'
import { createActing } from '../../src/cluster/ports/acting.ts'
import { closeCodes } from '../../schemas/link.ts'
import { fakeGate, hello, until, welcome } from './link-world.ts'

/** A node that keeps events, and tells them to who listens. */
const fakeSource = (journal: StreamEvent[]) => {
  const listeners = new Set<(event: StreamEvent) => void>()
  const source: EventSource = {
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    after: ({ id, limit }) => {
      const position = id === null ? Infinity : Number(id.split('.')[1])
      const rest = journal.filter(({ sequence }) => sequence > position)
      const last = journal.at(-1)
      return Promise.resolve({
        events: rest.slice(0, limit),
        reset: null,
        last: { id: last?.id ?? '1.0', sequence: last?.sequence ?? 0 },
        more: rest.length > limit,
      })
    },
  }
  const happen = () => {
    const sequence = (journal.at(-1)?.sequence ?? 0) + 1
    const event: StreamEvent = {
      id: `1.${sequence}`,
      sequence,
      event: { type: 'device_offline', timestamp: '', device_id: 'a', reason: 'goodbye' },
    }
    journal.push(event)
    for (const listener of listeners) listener(event)
  }
  return { source, happen }
}

/** A cluster that answers with its name. */
const fakeCluster = (name: string, events: EventSource): Cluster => {
  const acting = createActing()
  return clusterOf(
    (operation, input) => {
      if (operation === 'events.after') return events.after(input as Parameters<EventSource['after']>[0])
      return Promise.resolve({ name, operation, by: acting.current()?.address })
    },
    {
      listen: (listener) => events.listen(listener),
      onRemoved: () => () => undefined,
      transfers: { store: () => Promise.reject(new Error(name)), open: () => Promise.reject(new Error(name)) },
      acting: (deed, work) => acting.run(deed, work),
      reachability: () => ({ reachable: true }),
    },
  )
}

const occupantOf = (
  name: string,
  events = fakeSource([]).source,
): Occupant & { gate: ReturnType<typeof fakeGate> } => ({
  cluster: fakeCluster(name, events),
  gate: fakeGate(),
  count: () => ({ total: 1, leftMs: 1 }),
  files: { admit: () => undefined },
})

const linkOf = () => {
  const closed: number[] = []
  const link: DeviceLink = {
    address: '127.0.0.1',
    notify: () => undefined,
    request: () => Promise.reject(new Error('nothing is asked')),
    close: (code) => void closed.push(code),
  }
  return { link, closed }
}

const deed = {
  key_id: null,
  address: 'somebody',
  operation: 'createTask',
  target: null,
  target_at: null,
  outcome: 201,
  details: {},
}

void t.test('whoever has the seat answers, for whom it is done; nobody is refused in a way that passes', async (t) => {
  const seat = createSeat()
  const { cluster } = seat
  await t.rejects(cluster.status(), { code: 'CLUSTER_UNAVAILABLE', details: { retry_after_seconds: 2 } })
  t.match(cluster.reachability(), { reachable: false })
  seat.occupy(occupantOf('one'))
  t.match(await cluster.status(), { name: 'one', operation: 'status' })
  seat.occupy(occupantOf('two'))
  t.match(await cluster.acting(deed, () => cluster.tasks.cancel({ task_id: 'a' })), { name: 'two', by: 'somebody' })
  seat.vacate('it is over')
  await t.rejects(cluster.tasks.cancel({ task_id: 'a' }), {
    code: 'CLUSTER_UNAVAILABLE',
    details: { reason: 'it is over' },
  })
})

void t.test('what is read is told as long as the lease holds; changes and checks are not held back', async (t) => {
  let holds = true
  const cluster = leased(fakeCluster('one', fakeSource([]).source), () => holds)
  t.match(await cluster.status(), { name: 'one' })
  holds = false
  await t.rejects(cluster.status(), { code: 'CLUSTER_UNAVAILABLE' })
  t.match(cluster.reachability(), { reachable: false })
  t.match(await cluster.tasks.cancel({ task_id: 'a' }), { name: 'one' }, 'the database refuses it, or has it')
  t.match(await cluster.health(), { name: 'one' })
})

void t.test('listeners hear each event once, whoever has the seat', async (t) => {
  const journal: StreamEvent[] = []
  const [one, two] = [fakeSource(journal), fakeSource(journal)]
  const seat = createSeat()
  const heard: number[] = []
  seat.cluster.events.listen(({ sequence }) => heard.push(sequence))
  one.happen()
  seat.occupy(occupantOf('one', one.source))
  await new Promise((resolve) => setImmediate(resolve))
  one.happen()
  seat.vacate('it died')
  // Told by nobody: the one that wrote it was gone before.
  for (let number = 0; number < 1200; number += 1) one.happen()
  seat.occupy(occupantOf('two', two.source))
  two.happen()
  await until('all of them', () => heard.length === 1202)
  two.happen()
  one.happen()
  t.strictSame(
    heard,
    Array.from({ length: 1203 }, (_, number) => number + 2),
    'from the first occupant on; of the one that is gone nothing more',
  )
})

void t.test('events that cannot be read are read later', async (t) => {
  const journal: StreamEvent[] = []
  const { source, happen } = fakeSource(journal)
  const relay = createEventRelay()
  const heard: number[] = []
  relay.listen(({ sequence }) => heard.push(sequence))
  await relay.follow(source)
  happen()
  const failing: EventSource = { ...source, after: () => Promise.reject(new Error('away')) }
  await t.rejects(relay.follow(failing), { message: 'away' })
  happen()
  t.strictSame(heard, [1])
  await relay.follow(source)
  t.strictSame(heard, [1, 2])
})

void t.test('a hello waits for somebody to be there, and a device comes back when that is another', async (t) => {
  const seat = createSeat()
  const { link, closed } = linkOf()
  const session = seat.gate.connect(link)
  const welcomed = session.hello(hello())
  const one = occupantOf('one')
  seat.occupy(one)
  t.strictSame(await welcomed, welcome)
  session.goodbye()
  t.strictSame(
    one.gate.visits[0]?.calls.map(([method]) => method),
    ['hello', 'goodbye'],
  )
  seat.occupy(occupantOf('two'))
  t.strictSame(closed, [closeCodes.moved])
  session.closed('node')
  t.equal(one.gate.visits[0]?.closedBy, 'node')
  const gone = createSeat().gate.connect(linkOf().link)
  t.throws(() => gone.goodbye(), { code: 'CLUSTER_UNAVAILABLE' })
})
