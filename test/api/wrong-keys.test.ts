import t, { type Test } from 'tap'
import { keyOf, knowing } from './known-keys.ts'
import { startApi } from './start-api.ts'

const auth = knowing({ ann: keyOf('ann', ['read']) })

const start = async (t: Test, limits: { read: number; write: number; streams: number } | null) => {
  const { app } = await startApi(t, { auth, limits })
  return async (key: string | undefined, remoteAddress = '192.0.2.1', url = '/api/v1/devices') => {
    const headers = { host: 'localhost', ...(key === undefined ? {} : { 'x-api-key': key }) }
    const { statusCode, headers: received, json } = await app.inject({ url, remoteAddress, headers })
    return { status: statusCode, headers: received, json: json<{ error?: { code: string; message: string } }> }
  }
}

void t.test('an address may send 100 wrong keys in 15 minutes, and is told how many are left', async (t) => {
  const ask = await start(t, { read: 1000, write: 100, streams: 10 })
  for (let sent = 1; sent <= 100; sent += 1) {
    const { status, headers } = await ask(`guess-${sent}`)
    if (status !== 401 || headers['x-ratelimit-remaining'] !== String(100 - sent))
      t.fail(`wrong key ${sent}: ${status}, ${String(headers['x-ratelimit-remaining'])} left`)
  }
  const refused = await ask('guess-101')
  t.equal(refused.status, 429)
  t.match(refused.json().error, { code: 'RATE_LIMIT_EXCEEDED', message: /100 wrong keys in 15 minutes/ })
  t.match(refused.headers, {
    'x-ratelimit-limit': '100',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': /^\d{10}$/,
    'retry-after': /^\d+$/,
    ratelimit: /^"wrong-keys";r=0;t=\d+$/,
  })

  t.equal((await ask('guess', '192.0.2.2')).status, 401, 'another address has a budget of its own')
  t.equal((await ask(undefined)).status, 401, 'a missing key is no wrong one')
  for (let again = 0; again < 3; again += 1) {
    const { status, headers } = await ask('ann')
    t.equal(status, 200, 'a valid key is never refused because of it')
    t.equal(headers['x-ratelimit-remaining'], String(999 - again), 'and has its own budget whole')
  }
})

void t.test('wrong keys are counted on paths that do not exist too, and though nothing else is', async (t) => {
  const ask = await start(t, null)
  for (let sent = 1; sent <= 100; sent += 1) await ask(`guess-${sent}`, '192.0.2.1', '/nothing')
  t.equal((await ask('guess')).status, 429)
  t.equal((await ask('guess', '192.0.2.1', '/health')).status, 200, 'what is open asks for no key')
  const { status, headers } = await ask('ann')
  t.equal(status, 200)
  t.equal(headers['x-ratelimit-limit'], undefined)
})

void t.test('missing keys are counted against nobody', async (t) => {
  const ask = await start(t, { read: 1, write: 1, streams: 1 })
  for (let again = 0; again < 150; again += 1) {
    const { status, headers } = await ask(undefined)
    if (status !== 401 || headers['x-ratelimit-limit'] !== undefined) t.fail(`${status} at ${again}`)
  }
  t.equal((await ask('guess')).headers['x-ratelimit-remaining'], '99')
})
