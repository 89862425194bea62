import t from 'tap'
import { weakTag } from '../../src/api/conditional/etag.ts'
import { dataOf } from '../../src/api/kept-json.ts'

/** A frozen object that tells how often it was written. */
const counted = (value: object) => {
  let written = 0
  const item = Object.freeze({
    ...value,
    toJSON: () => {
      written += 1
      return value
    },
  })
  return { item, written: () => written }
}

void t.test('the text is that of JSON.stringify, whatever is kept of it', (t) => {
  const [one, other] = [Object.freeze({ id: 'a', tags: ['x'] }), Object.freeze({ id: 'b"', tags: [] })]
  const answers: object[] = [
    { devices: [one, other], total: 2, next_cursor: null },
    { devices: [one, { id: 'c' }] },
    { devices: [], other: [1, 2] },
    { devices: [one], missing: undefined, nothing: null, 'a "name"': { deep: [other] } },
    { devices: [[one], one] },
    { plain: true },
    [one, other],
    Object.freeze({ devices: [other] }),
  ]
  for (const answer of answers) {
    const text = JSON.stringify(answer)
    t.equal(dataOf(answer).text, text)
    t.equal(dataOf(answer).tag(), weakTag(text))
  }
  t.end()
})

void t.test('what is frozen is written once, and what is not each time', (t) => {
  const { item, written } = counted({ id: 'a' })
  dataOf({ devices: [item], total: 1 })
  t.equal(dataOf({ devices: [item], total: 2 }).text, '{"devices":[{"id":"a"}],"total":2}')
  t.equal(written(), 1)
  const list = Object.freeze({ devices: [item] })
  t.equal(dataOf(list), dataOf(list), 'a frozen answer is kept whole, with its tag')
  const open = { devices: [{ id: 'a' }] }
  dataOf(open)
  open.devices.push({ id: 'b' })
  t.equal(dataOf(open).text, '{"devices":[{"id":"a"},{"id":"b"}]}')
  t.end()
})
