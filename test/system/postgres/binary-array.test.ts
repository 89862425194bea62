import t from 'tap'
import fc from 'fast-check'
import { binaryArray } from '../../../src/store/postgres/binary-array.ts'
import { connect } from '../../../src/store/postgres/connection.ts'
import { startPostgres } from './server.ts'

const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })
const connection = await connect(await server.database('arrays'))
t.teardown(() => connection.end())

// As JSON, so that it is PostgreSQL which says what has come, whatever `pg` makes of arrays.
const come = async (type: string, array: Buffer): Promise<unknown> =>
  (await connection.run<{ json: unknown }>(`SELECT to_json($1::${type}[]) AS json`, [array])).rows[0]?.json

void t.test('PostgreSQL reads the texts that were written, NULLs among them', async (t) => {
  const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll('\0', ''))
  const values = fc.array(fc.oneof(fc.constant(null), text), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(values, async (texts) => {
      t.strictSame(await come('text', binaryArray('text', texts)), texts)
    }),
  )
})

void t.test('PostgreSQL reads the integers that were written, as far as a double is exact', async (t) => {
  const values = fc.array(fc.oneof(fc.constant(null), fc.maxSafeInteger()), { minLength: 1, maxLength: 40 })
  const far = [Number.MIN_SAFE_INTEGER, -1, 0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, null, Number.MAX_SAFE_INTEGER]
  await fc.assert(
    fc.asyncProperty(values, async (integers) => {
      t.strictSame(await come('bigint', binaryArray('bigint', integers)), integers)
    }),
    { examples: [[far]] },
  )
})

void t.test('what is no exact integer is not written as another one', (t) => {
  for (const wrong of [NaN, Infinity, 1.5, 2 ** 53, '1', ''])
    t.throws(() => binaryArray('bigint', [1, wrong]), RangeError)
  t.end()
})

void t.test('a text with U+0000 is refused by PostgreSQL, and the connection goes on', async (t) => {
  await t.rejects(come('text', binaryArray('text', ['a\0b'])), { code: '22021' })
  t.strictSame(await come('text', binaryArray('text', ['ab'])), ['ab'])
})
