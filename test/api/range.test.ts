import t from 'tap'
import { rangeOf } from '../../src/api/conditional/range.ts'

const whole = { size: 10, opaque: 'abc' }
const asked = (range: string | undefined, ifRange?: string) => rangeOf({ range, ifRange }, whole)

void t.test('one range of bytes is the part that it names, as far as there is one', (t) => {
  t.strictSame(asked('bytes=0-0'), { start: 0, end: 1 })
  t.strictSame(asked('bytes=2-4'), { start: 2, end: 5 })
  t.strictSame(asked('bytes=2-'), { start: 2, end: 10 })
  t.strictSame(asked('bytes=2-99999999999999999999'), { start: 2, end: 10 })
  t.strictSame(asked('bytes=-3'), { start: 7, end: 10 })
  t.strictSame(asked('bytes=-99'), { start: 0, end: 10 })
  t.strictSame(asked('BYTES = 9-'), { start: 9, end: 10 })
  t.end()
})

void t.test('what begins beyond the end cannot be given', (t) => {
  for (const range of ['bytes=10-', 'bytes=10-10', 'bytes=99999999999999999999-', 'bytes=-0'])
    t.equal(asked(range), 'unsatisfiable', range)
  t.equal(rangeOf({ range: 'bytes=0-', ifRange: undefined }, { size: 0, opaque: 'abc' }), 'unsatisfiable')
  t.end()
})

void t.test('what is no single range of bytes is passed over', (t) => {
  const others = [undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b']
  for (const range of others) t.equal(asked(range), 'whole', String(range))
  t.end()
})

void t.test('If-Range gives a part of what the caller has alone, compared strongly', (t) => {
  t.strictSame(asked('bytes=2-4', '"abc"'), { start: 2, end: 5 })
  for (const other of ['"abd"', 'W/"abc"', 'Tue, 24 Nov 2026 12:00:00 GMT', '*'])
    t.equal(asked('bytes=2-4', other), 'whole', other)
  t.end()
})
