import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createWorld } from '../world.ts'

/** SHA-256 of `hello`. */
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

/** A body of this text. */
const bodyOf = (content: string) => Readable.from([Buffer.from(content)], { objectMode: false })

void t.test('what is stored is found by its hash, from anywhere in it, until its time is over', async (t) => {
  const world = await createWorld(t)
  const { artifacts } = world.node.cluster
  const stored = await artifacts.store({ sha256: null, offset: 0, body: bodyOf('hello') })
  t.strictSame(stored, {
    sha256: HELLO,
    bytes: 5,
    used_at: '2026-11-24T12:00:00.000Z',
    expires_at: '2026-12-01T12:00:00.000Z',
  })
  await world.clock.advance(60_000)
  t.match(await artifacts.get({ sha256: HELLO }), { used_at: '2026-11-24T12:01:00.000Z' }, 'it is used by this')
  t.equal(await text((await artifacts.open({ sha256: HELLO, start: 1, end: 4 })).body), 'ell')
  t.equal(await text((await artifacts.open({ sha256: HELLO, start: 5 })).body), '')
  await t.rejects(artifacts.open({ sha256: HELLO, start: 6 }), { code: 'VALIDATION_ERROR' })
  t.strictSame(await artifacts.remove({ sha256: HELLO }), { removed_artifact: HELLO, bytes: 5 })
  const gone = { code: 'ARTIFACT_NOT_FOUND', details: { sha256: HELLO } }
  await t.rejects(artifacts.get({ sha256: HELLO }), gone)
  await t.rejects(artifacts.remove({ sha256: HELLO }), gone)
  await t.rejects(artifacts.open({ sha256: HELLO, start: 0 }), gone)
})

void t.test('a transfer that broke off goes on where it was, and what is wrong with one is said', async (t) => {
  const world = await createWorld(t, { files: { max_file_size: '1KB' } })
  const { artifacts } = world.node.cluster
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('he')
      throw new Error('the client is gone')
    })(),
    { objectMode: false },
  )
  const offset = (allowed: number) => ({
    code: 'VALIDATION_ERROR',
    details: { issues: [{ in: 'query', path: '/offset', allowed: [allowed] }] },
  })
  await t.rejects(artifacts.store({ sha256: HELLO, offset: 0, body: broken }), { code: 'VALIDATION_ERROR' })
  const other = 'f'.repeat(64)
  t.strictSame(await artifacts.missing({ sha256: [other, HELLO] }), {
    missing: [other, HELLO],
    partial: [{ sha256: HELLO, bytes: 2 }],
  })
  await t.rejects(artifacts.store({ sha256: HELLO, offset: 1, body: bodyOf('ello') }), offset(2))
  await artifacts.store({ sha256: HELLO, offset: 2, body: bodyOf('llo') })
  t.strictSame(await artifacts.missing({ sha256: [other, HELLO] }), { missing: [other], partial: [] })
  await t.rejects(artifacts.store({ sha256: other, offset: 0, body: bodyOf('x') }), {
    code: 'VALIDATION_ERROR',
    details: { issues: [{ in: 'query', path: '/sha256' }] },
  })
  await t.rejects(artifacts.store({ sha256: null, offset: 0, body: bodyOf('x'.repeat(1025)) }), {
    code: 'PAYLOAD_TOO_LARGE',
    details: { limit_bytes: 1024 },
  })
  world.files.disk = { total: 4096, free: 10 }
  await t.rejects(artifacts.store({ sha256: null, offset: 0, body: bodyOf('x'.repeat(11)) }), { code: 'STORAGE_FULL' })
  t.strictSame(world.files.hashes, [HELLO])
})
