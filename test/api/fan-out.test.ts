import t from 'tap'
import { createFanOut, type Turn } from '../../src/api/stream/fan-out.ts'
import { createFeed } from '../../src/api/stream/feed.ts'
import { frameOf, framesOf } from '../../src/api/stream/frames.ts'
import { wantedBy } from '../../src/api/stream/wanted.ts'
import { createSource, logEntry } from './event-source.ts'

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve))

void t.test('what happens in one turn comes as one list, in order; what is flushed comes at once', async (t) => {
  const source = createSource()
  const fanOut = createFanOut(source.events)
  const turns: Turn[] = []
  const stop = fanOut.subscribe((turn) => turns.push(turn))
  for (const message of ['a', 'b', 'c']) source.publish(logEntry(message))
  t.equal(turns.length, 0)
  await endOfTurn()
  t.strictSame(
    turns.map(({ events, isRising }) => ({ sequences: events.map(({ sequence }) => sequence), isRising })),
    [{ sequences: [1, 2, 3], isRising: true }],
  )
  source.publish(logEntry('d'))
  fanOut.flush()
  t.equal(turns.length, 2)
  await endOfTurn()
  t.equal(turns.length, 2, 'and not again')
  source.publish(logEntry('e'))
  stop()
  await endOfTurn()
  t.equal(turns.length, 2, 'who has left gets no more')
})

void t.test('a turn in which a position goes back is none that is new as a whole', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Turn>()
  const fanOut = createFanOut({
    listen: (listener) => {
      listener({ id: '1.5', sequence: 5, event: logEntry('late') })
      listener({ id: '1.4', sequence: 4, event: logEntry('early') })
      return () => undefined
    },
  })
  fanOut.subscribe(resolve)
  t.equal((await promise).isRising, false)
})

void t.test('streams that want the same share the bytes of a turn, and others get their own', async (t) => {
  const source = createSource()
  const { promise, resolve } = Promise.withResolvers<Turn>()
  createFanOut(source.events).subscribe(resolve)
  source.publish({ ...logEntry('hm'), level: 'debug' } as ReturnType<typeof logEntry>)
  source.publish(logEntry('ah'))
  const turn = await promise
  const [all, some, none] = [wantedBy({}), wantedBy({ level: 'info' }), wantedBy({ types: ['tasks'] })]
  t.equal(wantedBy({ level: 'info' }), some)
  t.equal(framesOf(turn, all), framesOf(turn, all))
  t.strictSame(framesOf(turn, all), Buffer.concat(turn.events.map(frameOf)))
  t.strictSame(framesOf(turn, some), frameOf(turn.events[1] ?? turn.events[0]))
  t.equal(framesOf(turn, none).length, 0)
})

void t.test('a stream that has seen the beginning of a turn gets the rest of it alone', async (t) => {
  const source = createSource()
  const fanOut = createFanOut(source.events)
  const sent: Buffer[] = []
  const reader = {
    send: (frames: Buffer) => void sent.push(frames),
    sendAll: () => undefined,
    drained: () => Promise.resolve(true),
    cutOff: () => undefined,
    end: () => Promise.resolve(),
  }
  const feed = createFeed({ source: source.events, fanOut, reader, wanted: wantedBy({}) })
  source.publish(logEntry('before'))
  // What is read of the past has the first event already.
  await feed.follow(await feed.first(null))
  source.publish(logEntry('after'))
  await endOfTurn()
  const text = Buffer.concat(sent).toString()
  t.notMatch(text, /before/)
  t.match(text, /after/)
  feed.stop()
})
