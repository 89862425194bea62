import t from 'tap'
import { openStream } from '../api/open-stream.ts'
import { startCluster } from '../start-cluster.ts'
import { limits } from './lines.ts'

void t.test('beyond the limits of the document the API answers 429 with its headers', async (t) => {
  const { url } = await startCluster(t, { workers: 0 })
  const { port } = new URL(url)
  // The start has read /health alone, which is not counted.
  const streams = []
  for (let open = 0; open < limits.streams; open += 1) streams.push(await openStream(t, Number(port)))
  t.ok(
    streams.every(({ status }) => status === 200),
    'ten streams at a time',
  )
  const eleventh = await openStream(t, Number(port))
  t.match(eleventh, {
    status: 429,
    headers: { 'x-ratelimit-limit': `${limits.streams}`, 'x-ratelimit-remaining': '0' },
  })

  const send = async (method: string) => {
    const response = await fetch(`${url}/api/v1/tasks/task-abc123`, { method })
    await response.arrayBuffer()
    return response
  }
  const exhaust = async (method: string, limit: number, used: number) => {
    const began = Math.floor(Date.now() / 1000)
    for (let request = used; request < limit; request += 1) {
      const { status, headers } = await send(method)
      const remaining = Number(headers.get('x-ratelimit-remaining'))
      if (status !== 404 || remaining !== limit - 1 - request)
        t.fail(`request ${request} answers ${status}, and ${remaining} are left`)
    }
    const { status, headers } = await send(method)
    t.equal(status, 429, `${method} number ${limit + 1}`)
    t.equal(headers.get('x-ratelimit-limit'), `${limit}`)
    t.equal(headers.get('x-ratelimit-remaining'), '0')
    // An instant in Unix seconds, as the example's 1640995200: when the window of 15 minutes ends.
    const reset = Number(headers.get('x-ratelimit-reset'))
    t.ok(Number.isInteger(reset))
    t.ok(reset > began && reset <= Math.ceil(Date.now() / 1000) + limits.windowSeconds, `it is full again at ${reset}`)
    t.ok(Number(headers.get('retry-after')) > 0)
  }
  await exhaust('DELETE', limits.write, 0)
  await exhaust('GET', limits.read, limits.streams + 1)
  t.equal((await fetch(`${url}/health`)).status, 200, '/health is not counted')
})
