import fc from 'fast-check'
import t from 'tap'
import { createSorted, inCodeUnits } from '../../src/cluster/sorted.ts'
import { holds } from '../replay.ts'

void t.test('what was added and not removed is there once, in order, each at its place', async (t) => {
  const change = fc.record({ item: fc.string({ maxLength: 2 }), add: fc.boolean() })
  const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
    const sorted = createSorted(inCodeUnits)
    const there = new Set<string>()
    for (const { item, add } of changes) {
      if (add) sorted.add(item)
      else sorted.remove(item)
      if (add) there.add(item)
      else there.delete(item)
      const expected = [...there].sort()
      const found = Array.from({ length: sorted.size + 1 }, (_, place) => sorted.at(place))
      if (found.join('\0') !== [...expected, undefined].join('\0'))
        throw new Error(`${found.join()}: not ${expected.join()}`)
      const before = expected.filter((other) => other < item).length
      if (sorted.placeOf(item) !== before)
        throw new Error(`${item} stands at ${sorted.placeOf(item)}, not at ${before}`)
    }
  })
  await holds(t, property, 200)
})
