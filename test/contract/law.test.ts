import { readFileSync } from 'node:fs'
import t from 'tap'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import type { Received } from './ask.ts'
import { lawOf } from './document.ts'

const document = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
) as OpenApiDocument

/** Objects whose fields somebody else decides: what callers send, what tasks return, JSON Schemas. */
const open = ['payload', 'payload_schema', 'details', 'input']

/** Every schema of an object that lets fields pass which it does not name. */
function* openObjects(node: unknown, path: readonly string[] = []): Generator<string> {
  if (typeof node !== 'object' || node === null) return
  const { type, additionalProperties } = node as { type?: unknown; additionalProperties?: unknown }
  const isOpen = additionalProperties === undefined || additionalProperties === true
  if (type === 'object' && isOpen && !open.includes(path.at(-1) ?? '')) yield path.join('/')
  for (const [key, inner] of Object.entries(node))
    if (!['example', 'examples', 'default', 'enum'].includes(key)) yield* openObjects(inner, [...path, key])
}

void t.test('no object of the document lets a field pass that it does not name', (t) => {
  t.same([...openObjects(document.components.schemas)], [])
  t.end()
})

void t.test('what is not as documented is found, whatever it is', (t) => {
  const law = lawOf(document)
  const health = law.operations.find(({ id }) => id === 'getHealth')
  if (health === undefined) throw new Error('the document has no getHealth')
  const request_id = '5f2b6a0e-3b7e-4f7e-9a53-0f8f6f3f2d11'
  const cluster = { reachable: true, mode: 'embedded', reason: null, since: null }
  const body = {
    status: 'success',
    data: { status: 'healthy', version: '1.2.3', uptime_seconds: 5, cluster },
    timestamp: '2026-11-24T12:00:00.000Z',
    request_id,
  }
  const faults = (change: object, more: Partial<Received> = {}, method = 'GET') => {
    const text = JSON.stringify({ ...body, ...change })
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': request_id }
    return law.faultsOf(health, { status: 200, headers, text, ...more }, { method }).join('\n')
  }
  t.equal(faults({}), '')
  t.match(faults({ extra: 1 }), /additional properties.*extra/)
  t.match(faults({ data: { ...body.data, extra: 1 } }), /\/data .*extra/)
  t.match(faults({ data: { ...body.data, cluster: { ...cluster, reachable: 'yes' } } }), /must be boolean/)
  t.match(faults({ data: { ...body.data, uptime_seconds: undefined } }), /required.*uptime_seconds/)
  for (const timestamp of ['2026-11-24T12:00:00Z', '2026-11-24T12:00:00.000+01:00', '2026-02-30T12:00:00.000Z', 'now'])
    t.match(faults({ timestamp }), /\/timestamp/, timestamp)
  t.match(faults({ request_id: 'another' }), /X-Request-Id is not/)
  t.match(faults({}, { headers: { 'content-type': 'application/json' } }), /X-Request-Id is missing/)
  t.match(faults({}, { headers: { 'content-type': 'text/html', 'x-request-id': request_id } }), /media type/)
  t.match(faults({}, { status: 418 }), /418 is not documented/)
  t.match(faults({}, {}, 'HEAD'), /there is a body/)
  const error = { code: 'DEVICE_NOT_FOUND', message: 'No.', details: {} }
  const text = JSON.stringify({ status: 'error', error, timestamp: body.timestamp, request_id })
  t.match(faults({}, { status: 400, text }), /DEVICE_NOT_FOUND is not documented with 400/)
  t.match(faults({}, { status: 400, text }), /Content-Language is missing/)
  t.end()
})
