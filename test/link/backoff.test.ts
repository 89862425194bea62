import t from 'tap'
import { backoffMs, longestDelayMs, retryMs } from '../../src/link/client/backoff.ts'

void t.test('the longest delay is the least of 10 s, a quarter of the threshold, a third of the grace', (t) => {
  const longest = (offline_threshold: number, reconnect_grace: number) =>
    longestDelayMs({ heartbeat_interval: 1, offline_threshold, reconnect_grace })
  t.equal(longest(300, 30), 10_000)
  t.equal(longest(20, 30), 5000)
  t.equal(longest(300, 6), 2000)
  t.equal(longest(300, 0), 250, 'a grace of 0 does not make a hot loop')
  t.end()
})

void t.test('a delay is anything up to a bound that doubles with every failure, and stays under the longest', (t) => {
  const bounds = [0, 1, 2, 3, 10, 2000].map((failures) => backoffMs(failures, 10_000, 1))
  t.same(bounds, [250, 500, 1000, 2000, 10_000, 10_000])
  t.equal(backoffMs(5, 10_000, 0), 0)
  t.equal(backoffMs(2, 10_000, 0.5), 500)
  t.end()
})

void t.test('each of several nodes has its turn soon, before the delay grows', (t) => {
  const delays = (nodes: number) =>
    Array.from({ length: 7 }, (_, failures) => retryMs({ failures, nodes, longestMs: 10_000 }, 1))
  t.same(delays(1), [250, 500, 1000, 2000, 4000, 8000, 10_000], 'of one alone it grows with each failure')
  t.same(delays(3), [1000, 1000, 250, 1000, 1000, 500, 1000])
  t.equal(retryMs({ failures: 0, nodes: 2, longestMs: 250 }, 1), 250, 'no delay is longer than the longest')
  t.equal(retryMs({ failures: 0, nodes: 2, longestMs: 10_000 }, 0.5), 500)
  t.end()
})
