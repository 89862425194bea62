import t from 'tap'
import { ago, counted, howFar, percent, size, sizeOf, span } from '../../src/cli/client/presentation.ts'
import { cut } from '../../src/cli/client/table.ts'

void t.test('spans and instants are told in their largest unit', (t) => {
  t.strictSame([0, 1.26, 9.96, 61, 119, 120, 7199, 7200, 172_799, 172_800].map(span), [
    '0s', '1.3s', '10s', '61s', '119s', '2m', '119m', '2h', '47h', '2d',
  ]) // prettier-ignore
  const now = Date.parse('2026-11-24T12:00:00.000Z')
  t.equal(ago('2026-11-24T11:57:00.000Z', now), '3m ago')
  t.equal(ago('2026-11-24T11:59:57.500Z', now), '2s ago')
  t.equal(ago('2026-11-24T12:00:00.900Z', now), 'now', 'clocks differ')
  t.equal(ago('2026-11-24T12:05:00.000Z', now), 'in 5m')
  t.end()
})

void t.test('sizes are told in the unit that leaves few digits', (t) => {
  t.strictSame([0, 0.5, 1, 7.75, 1024, 1536].map(size), ['0 MiB', '512 MiB', '1 GiB', '7.8 GiB', '1 TiB', '1.5 TiB'])
  t.equal(sizeOf(1.5, 8), '1.5 GiB of 8 GiB')
  t.equal(sizeOf(null, 8), '8 GiB')
  t.equal(sizeOf(1, null), undefined)
  t.equal(percent(12.5), '12.5%')
  t.end()
})

void t.test('one of something is no plural', (t) => {
  t.strictSame(
    [0, 1, 2].map((count) => counted(count, 'device')),
    ['0 devices', '1 device', '2 devices'],
  )
  t.equal(counted(2, 'device that waits', 'devices that wait'), '2 devices that wait')
  t.end()
})

void t.test('how far a task says that it is', (t) => {
  t.equal(howFar(62.5, 'page 5 of 8'), '62.5% page 5 of 8')
  t.equal(howFar(0, null), '0%')
  t.equal(howFar(null, null), null)
  t.end()
})

void t.test('a line is cut where the terminal ends, wide characters count as two, and colours are closed', (t) => {
  t.equal(cut('abcdef', 3), 'abc')
  t.equal(cut('移动device', 5), '移动d')
  t.equal(cut('a移', 2), 'a')
  t.equal(cut('\u001b[32monline\u001b[39m now', 2), '\u001b[32mon\u001b[39m')
  t.end()
})
