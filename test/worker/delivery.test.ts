import { join } from 'node:path'
import t from 'tap'
import type { FinishedParams } from '../../schemas/link.ts'
import { createDelivery } from '../../src/worker/delivery.ts'
import { openOutbox } from '../../src/worker/outbox.ts'
import { fakeClock, settle } from '../cluster/fake-clock.ts'
import { finished, keptLog, type Owner, ref, temporaryDirectory, until } from './world.ts'

/** A delivery to a node whose answers the test gives. */
const world = async (t: Owner) => {
  const clock = fakeClock()
  const log = keptLog()
  const outbox = await openOutbox({
    directory: join(temporaryDirectory(t), 'outbox'),
    isEnd: (value): value is FinishedParams => value !== null,
    clock,
    log,
  })
  const requests: { end: FinishedParams; answer: () => void; fail: () => void }[] = []
  const send = (end: FinishedParams) =>
    new Promise<void>((resolve, reject) => {
      requests.push({ end, answer: resolve, fail: () => reject(new Error('no answer')) })
    })
  return { clock, log, outbox, requests, delivery: createDelivery({ outbox, clock, log, send }) }
}

void t.test('a result leaves the outbox when the node has acknowledged it, and not before', async (t) => {
  const { outbox, requests, delivery } = await world(t)
  await outbox.add(finished())
  delivery.resume()
  t.strictSame(
    requests.map(({ end }) => end),
    [finished()],
  )
  await settle()
  t.equal(outbox.waiting().length, 1)
  requests[0]?.answer()
  await delivery.settled()
  t.equal(outbox.waiting().length, 0)
})

void t.test('nothing is sent while the node is away, and all that waits when it is back', async (t) => {
  const { outbox, requests, delivery } = await world(t)
  await outbox.add(finished())
  delivery.deliver(finished())
  await outbox.add(finished(ref('task-b')))
  t.equal(requests.length, 0)
  delivery.resume()
  t.strictSame(
    requests.map(({ end }) => end.task_id),
    ['task-a', 'task-b'],
  )
})

void t.test('what was lost on the way is sent again at the next welcome', async (t) => {
  const { outbox, requests, delivery, log } = await world(t)
  await outbox.add(finished())
  delivery.resume()
  delivery.pause()
  requests[0]?.fail()
  await settle()
  t.strictSame(log.lines, [], 'an outage is no failure of the result')
  delivery.resume()
  t.equal(requests.length, 2)
})

void t.test('a result that the node does not take is sent again, at growing intervals', async (t) => {
  const { clock, outbox, requests, delivery } = await world(t)
  await outbox.add(finished())
  delivery.resume()
  for (const [attempt, delayMs] of [1000, 2000, 4000].entries()) {
    requests[attempt]?.fail()
    await settle()
    await clock.advance(delayMs - 1)
    t.equal(requests.length, attempt + 1)
    await clock.advance(1)
    t.equal(requests.length, attempt + 2)
  }
})

void t.test('a result that is told again while it waits is sent at once, and waits once', async (t) => {
  const { clock, outbox, requests, delivery } = await world(t)
  await outbox.add(finished())
  delivery.resume()
  requests[0]?.fail()
  await settle()
  delivery.deliver(finished())
  t.equal(requests.length, 2)
  requests[1]?.fail()
  await settle()
  await clock.advance(1999)
  t.equal(requests.length, 2, 'the first wait is over, the second is not')
  await clock.advance(1)
  t.equal(requests.length, 3)
})

void t.test('files on their way keep nobody waiting who has none', async (t) => {
  const { outbox, requests, delivery } = await world(t)
  const artifacts = [{ name: 'film', sha256: 'a'.repeat(64), bytes: 1 }]
  const bare = finished()
  for (let index = 0; index < 6; index += 1) {
    await outbox.add({ ...bare, ...ref(`film-${index}`), result: bare.result && { ...bare.result, artifacts } })
  }
  await outbox.add(bare)
  delivery.resume()
  const underWay = () => requests.map(({ end }) => end.task_id)
  t.strictSame(underWay(), ['film-0', 'film-1', 'film-2', 'film-3', 'task-a'])
  requests[0]?.answer()
  await until('the next has its turn', () => requests.length === 6)
  t.equal(underWay().at(-1), 'film-4')
})

void t.test('no more than 48 results are under way at a time, and none twice', async (t) => {
  const { outbox, requests, delivery } = await world(t)
  for (let n = 0; n < 60; n += 1) await outbox.add(finished(ref(`task-${n}`)))
  delivery.resume()
  delivery.resume()
  t.equal(requests.length, 48)
  requests[0]?.answer()
  await until('the next one is sent', () => requests.length === 49)
  for (let n = 1; n < requests.length; n += 1) requests[n]?.answer()
  await until('all are sent', () => requests.length >= 60)
  for (const { answer } of requests) answer()
  await delivery.settled()
  t.equal(new Set(requests.map(({ end }) => end.task_id)).size, 60)
})

void t.test('a result that the node abandoned meanwhile is not sent', async (t) => {
  const { outbox, requests, delivery } = await world(t)
  delivery.resume()
  await outbox.add(finished())
  outbox.remove(ref())
  delivery.deliver(finished())
  t.equal(requests.length, 0)
})

void t.test('who waits for the deliveries is let go when the node is gone', async (t) => {
  const { outbox, delivery } = await world(t)
  await outbox.add(finished())
  delivery.resume()
  const settled = delivery.settled()
  delivery.pause()
  await settled
  t.equal(outbox.waiting().length, 1)
})
