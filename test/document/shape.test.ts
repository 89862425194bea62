import t from 'tap'
import { errorCodes } from '../../schemas/index.ts'
import {
  amount,
  count,
  fields,
  gigabytes,
  instant,
  listOf,
  logLine,
  mapOf,
  percent,
  perhaps,
  text,
  uptime,
} from './shape.ts'
import { errorStatuses } from './lines.ts'

void t.test('a shape takes what the document shows, and nothing else', (t) => {
  const cases: readonly [shape: typeof text, fitting: readonly unknown[], others: readonly unknown[]][] = [
    [count, [0, 156], [-1, 1.5, '5', null]],
    [percent, [0, 42.5, 100], [-0.1, 100.1, 42.55, '42.5', null]],
    [gigabytes, [128, 45.6, 3.25], [3.251, -1, null]],
    [amount, [0, 42.5], [-1, '42.5', Infinity]],
    [instant, ['2023-01-01T12:00:00.000Z'], ['2023-01-01T12:00:00Z', '2023-01-01T12:00:00.000+00:00', 1672574400, '']],
    [uptime, ['15d 6h 42m', '0d 0h 0m'], ['15d 24h 0m', '15d 6h 60m', '6h 42m', '15d 06h 42m']],
    [logLine, ['2023-01-01T12:00:05.000Z: 任务开始执行'], ['2023-01-01T12:00:05Z: 任务开始执行', '任务开始执行']],
    [perhaps(count), [null, 1], [undefined, 'none']],
    [fields({ id: text }), [{ id: 'a' }, { id: 'a', more: 1 }], [{}, { id: 1 }, null, []]],
    [listOf(count, 1), [[1]], [[], ['1'], {}]],
    [mapOf(count, 'compute'), [{ compute: 2, mobile: 1 }], [{ mobile: 1 }, { compute: '2' }, []]],
  ]
  for (const [shape, fitting, others] of cases) {
    for (const value of fitting) t.same(shape(value, 'it'), [], JSON.stringify(value))
    for (const value of others) t.equal(shape(value, 'it').length > 0, true, JSON.stringify(value))
  }
  t.end()
})

void t.test('the codes of the document have its statuses', (t) => {
  for (const [code, status] of Object.entries(errorStatuses))
    t.equal(errorCodes[code as keyof typeof errorStatuses].status, status, code)
  t.end()
})
