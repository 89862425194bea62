import t from 'tap'
import { hoursOf, isOpen, isWithin } from '../../../src/worker/policy/hours.ts'

// Node reads it anew at each change: the rules of a zone whose clocks change, wherever the test runs.
process.env.TZ = 'Europe/Berlin'

/** An instant in UTC. */
const at = (instant: string) => Date.parse(`${instant}Z`)

void t.test('hours of one day begin with their first minute, and end before their last', (t) => {
  const hours = hoursOf('09:00-17:30')
  t.equal(isWithin(hours, at('2026-11-24T07:59:59')), false, '08:59:59 in Berlin')
  t.equal(isWithin(hours, at('2026-11-24T08:00:00')), true)
  t.equal(isWithin(hours, at('2026-11-24T16:29:59')), true)
  t.equal(isWithin(hours, at('2026-11-24T16:30:00')), false)
  t.end()
})

void t.test('hours over midnight', (t) => {
  const hours = hoursOf('22:00-07:00')
  t.equal(isWithin(hours, at('2026-11-24T20:59:59')), false)
  t.equal(isWithin(hours, at('2026-11-24T21:00:00')), true)
  t.equal(isWithin(hours, at('2026-11-24T23:00:00')), true, 'midnight')
  t.equal(isWithin(hours, at('2026-11-25T05:59:59')), true)
  t.equal(isWithin(hours, at('2026-11-25T06:00:00')), false)
  t.end()
})

void t.test('it closes a minute before the end, so that what runs is elsewhere by then, and opens in time', (t) => {
  const hours = hoursOf('22:00-07:00')
  t.equal(isOpen(hours, at('2026-11-24T20:59:59')), false)
  t.equal(isOpen(hours, at('2026-11-24T21:00:00')), true)
  t.equal(isOpen(hours, at('2026-11-25T05:58:59')), true)
  t.equal(isOpen(hours, at('2026-11-25T05:59:00')), false)
  t.end()
})

void t.test('when the clocks change, the clock on the wall counts', (t) => {
  const night = hoursOf('22:00-07:00')
  // The 29th of March 2026: 02:00 becomes 03:00 at 01:00 UTC; the night is an hour shorter.
  t.equal(isWithin(night, at('2026-03-29T04:59:59')), true, '06:59:59 of summer')
  t.equal(isWithin(night, at('2026-03-29T05:00:00')), false)
  // The 25th of October 2026: 03:00 becomes 02:00 at 01:00 UTC; it is an hour longer.
  t.equal(isWithin(night, at('2026-10-25T05:59:59')), true, '06:59:59 of winter')
  t.equal(isWithin(night, at('2026-10-25T06:00:00')), false)
  // An end that is left out by the clocks is their jump; one that comes twice ends twice.
  const early = hoursOf('22:00-02:30')
  t.equal(isWithin(early, at('2026-03-29T00:59:59')), true)
  t.equal(isWithin(early, at('2026-03-29T01:00:00')), false, '03:00')
  t.equal(isWithin(early, at('2026-10-25T00:30:00')), false, '02:30 of summer')
  t.equal(isWithin(early, at('2026-10-25T01:00:00')), true, '02:00 of winter')
  t.equal(isWithin(early, at('2026-10-25T01:30:00')), false)
  t.end()
})
