import fc from 'fast-check'
import t from 'tap'
import { eventStreamParser, type Message } from '../../src/client/event-stream.ts'

const read = (...pieces: readonly string[]) => {
  const messages: Message[] = []
  const retries: number[] = []
  const parse = eventStreamParser({ message: (message) => messages.push(message), retry: (ms) => retries.push(ms) })
  for (const piece of pieces) parse(piece)
  return { messages, retries }
}

void t.test('a message is its data lines, joined, with the last id', (t) => {
  t.same(read('id: 7\ndata: one\ndata:two\n\ndata: three\n\n').messages, [
    { data: 'one\ntwo', lastEventId: '7' },
    { data: 'three', lastEventId: '7' },
  ])
  t.end()
})

void t.test('comments, unknown fields and messages without data tell nothing', (t) => {
  t.same(read(': keep-alive\n\nevent: x\nid: 3\n\nfield\n\n').messages, [])
  t.end()
})

void t.test('a message that is not ended is not told of', (t) => {
  t.same(read('id: 1\ndata: half\n').messages, [])
  t.end()
})

void t.test('retry takes digits alone', (t) => {
  t.same(read('retry: 1500\n\nretry: soon\n\n').retries, [1500])
  t.end()
})

void t.test('an id with a null character is ignored', (t) => {
  t.same(read('id: 4\ndata: a\n\nid: 5\0\ndata: b\n\n').messages.at(-1), { data: 'b', lastEventId: '4' })
  t.end()
})

void t.test('wherever the text is cut, and whichever line ends it has, the messages are the same', (t) => {
  const lines = fc.array(fc.constantFrom('data: a', 'data:', 'id: 1', 'id: 2', ': comment', 'retry: 10', ''))
  const cuts = fc.array(fc.nat())
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n', '\r'), cuts, (some, lineEnd, at) => {
      // The last character decides whether a carriage return was a line end or half of one.
      const text = [...some, 'data: last', '', ''].join(lineEnd) + (lineEnd === '\r' ? ': \n' : '')
      const places = [...new Set(at.map((place) => place % text.length))].sort((a, b) => a - b)
      const pieces = [...places, text.length].map((end, index) => text.slice(places[index - 1] ?? 0, end))
      t.same(read(...pieces), read(text))
      t.ok(read(text).messages.length > 0)
    }),
    { numRuns: 200 },
  )
  t.end()
})
