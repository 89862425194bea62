/** A server that was stopped, by a lid that was closed or by SIGSTOP, has not read what came meanwhile: that is no fault of who sent it. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { mock } from 'node:test'
import type { FastifyBaseLogger } from 'fastify'
import t from 'tap'
import { malformedHttpHandler } from '../../src/api/malformed-http.ts'
import { watchStalls } from '../../src/http/stalls.ts'

const silent = { info: () => undefined } as unknown as FastifyBaseLogger

/** What a handler sends for an error of this code. */
const answerTo = (code: string, justStalled: boolean): string => {
  let sent = ''
  const socket = { writable: true, end: (text: string) => (sent = text) } as unknown as Socket
  const handle = malformedHttpHandler(silent, new WeakMap<Socket, ServerResponse>(), () => justStalled)
  handle(Object.assign(new Error(code), { code }), socket)
  return sent
}

/** Stops this thread, as SIGSTOP does with a process. */
const stall = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

void t.test('what is late by a stall may be sent again, and is not called malformed', (t) => {
  const unread = answerTo('ERR_HTTP_REQUEST_TIMEOUT', true)
  t.match(unread, /^HTTP\/1\.1 503 Service Unavailable\r\n/)
  t.match(unread, /\r\nRetry-After: 1\r\n/)
  t.match(unread, /"code":"CLUSTER_UNAVAILABLE".*was stopped for a while/)
  for (const [code, justStalled] of [
    ['ERR_HTTP_REQUEST_TIMEOUT', false],
    ['HPE_INVALID_METHOD', true],
  ] as const) {
    const malformed = answerTo(code, justStalled)
    t.match(malformed, /^HTTP\/1\.1 400 Bad Request\r\n/, code)
    t.match(malformed, '"code":"VALIDATION_ERROR"', code)
    t.notMatch(malformed, 'Retry-After', code)
  }
  t.end()
})

void t.test('a stall is known before what was due in it happens', async (t) => {
  const stalls = watchStalls()
  t.teardown(() => stalls.end())
  t.notOk(stalls.justStalled())
  /** Due in the stall, and set after the watch: that comes first. */
  const seen = new Promise<boolean>((resolve) => setTimeout(() => resolve(stalls.justStalled()), 3000))
  stall(6000)
  t.ok(await seen)
})

void t.test('a look that comes three seconds late has found a stall, which is over after one', (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  let nowMs = 0
  const stalls = watchStalls(() => nowMs)
  t.teardown(() => stalls.end())
  const look = (afterMs: number) => {
    nowMs += afterMs
    mock.timers.tick(1000)
    return stalls.justStalled()
  }
  t.strictSame([look(1000), look(4000), look(4001)], [false, false, true])
  nowMs += 999
  t.ok(stalls.justStalled())
  nowMs += 1
  t.notOk(stalls.justStalled())
  t.end()
})
