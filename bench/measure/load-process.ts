/** Makes HTTP load when it is asked to. */
import autocannon from 'autocannon'
import { answer } from './asked.ts'
import type { Answered, Load } from './load.ts'
import { quantile } from './statistics.ts'

answer(async (load: Load): Promise<Answered> => {
  const { url, method = 'GET', headers = {}, body, connections, seconds, rate } = load
  // Its own histogram knows whole milliseconds only.
  const times: number[] = []
  const begunMs = performance.now()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url,
        method,
        headers: { ...headers },
        connections,
        duration: seconds,
        ...(body === undefined ? {} : { body }),
        ...(rate === undefined ? {} : { overallRate: rate }),
      },
      (error: unknown, done) => {
        if (error instanceof Error) reject(error)
        else resolve(done)
      },
    )
    run.on('response', (_client, _status, _bytes, ms) => times.push(ms))
  })
  const { non2xx, errors, timeouts } = result
  if (non2xx + errors + timeouts > 0)
    throw new Error(`${url}: ${non2xx} answers were no success, ${errors} failed, ${timeouts} were late`)
  const elapsed = (performance.now() - begunMs) / 1000
  return {
    answers: times.length,
    perSecond: times.length / elapsed,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }
})
