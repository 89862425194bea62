import t from 'tap'
import { Type } from '@sinclair/typebox'
import { checkPayloadSchema, payloadProblems, readPayloadSchema } from '../../src/link/payloads.ts'

/** The problems as `place words`. */
const told = (schema: object, payload: object) =>
  payloadProblems(schema, payload).map(({ path, message }) => `${path} ${message}`)

void t.test('what is wrong with a payload is said, and where', (t) => {
  const schema = Type.Object(
    {
      width: Type.Integer({ minimum: 1 }),
      'a/b': Type.Optional(Type.Object({ when: Type.String({ format: 'date-time' }) })),
    },
    { additionalProperties: false },
  )
  for (const [payload, problems] of [
    [{ width: 1 }, []],
    [{}, ['/width is missing']],
    [{ width: '1' }, ['/width must be integer']],
    [{ width: 0 }, ['/width must be >= 1']],
    [{ width: 1, hight: 2 }, ['/hight is not known here']],
    [{ width: 1, 'a/b': {} }, ['/a~1b/when is missing']],
    [{ width: 1, 'a/b': { when: 'today' } }, ['/a~1b/when must match format "date-time"']],
  ] as const)
    t.strictSame(told(schema, payload), problems, JSON.stringify(payload))
  t.end()
})

void t.test('schemas may speak of themselves, and share no names', (t) => {
  const tree = { $id: 'tree', type: 'object', properties: { next: { $ref: '#' }, value: { type: 'integer' } } }
  t.strictSame(told(tree, { next: { next: { value: 'x' } } }), ['/next/next/value must be integer'])
  t.strictSame(told({ ...tree, required: ['value'] }, {}), ['/value is missing'])
  t.end()
})

void t.test('what is no schema is refused to its owner, and leaves the device to judge', (t) => {
  for (const [schema, why] of [
    [{ mood: 'good' }, /unknown keyword: "mood"/],
    [{ type: 'objekt' }, /schema\/type must be equal to one of the allowed values/],
    [{ properties: { width: 5 } }, /schema\/properties\/width must be object,boolean/],
    [{ $ref: 'https://example.com/schema' }, /can't resolve reference/],
    [{ properties: { name: { type: 'string', pattern: '(' } } }, /Invalid regular expression/],
    [{ properties: { name: { type: 'string', format: 'phone' } } }, /unknown format "phone"/],
    [{ $async: true, type: 'object' }, /\$async is not possible here/],
  ] as const) {
    t.throws(() => checkPayloadSchema(schema), why)
    t.strictSame(told({ ...schema }, {}), [], JSON.stringify(schema))
  }
  t.end()
})

void t.test('a pattern that takes for ever holds up nobody', (t) => {
  const schema = { type: 'object', properties: { name: { type: 'string', pattern: '^(a+)+$' } } }
  const endless = { name: `${'a'.repeat(100)}!` }
  t.strictSame(told(schema, { name: 'b' }), ['/name must match pattern "^(a+)+$"'])
  t.strictSame(told(schema, endless), [], 'it was ended')
  t.strictSame(told(schema, { name: 'b' }), [], 'and the schema is trusted no more')
  t.strictSame(readPayloadSchema(schema)({ name: 'aa' }), [])
  t.end()
})

/** A payload at whose width somebody looks so often in vain: the time passes, and the processor does something else. */
const heldUp = (times: number) => {
  let looks = 0
  return {
    get width() {
      looks += 1
      if (looks <= times) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
      return 'wide'
    },
  }
}

void t.test('a machine that is busy with something else takes no schema its word', (t) => {
  const schema = { type: 'object', properties: { width: { type: 'integer' } } }
  t.strictSame(told(schema, heldUp(2)), ['/width must be integer'], 'it is looked again')
  t.strictSame(told(schema, heldUp(Infinity)), [], 'not for ever')
  t.strictSame(told(schema, { width: 'wide' }), ['/width must be integer'], 'and the schema is trusted as before')
  t.end()
})

void t.test('what is told has a bound', (t) => {
  const arms = Array.from({ length: 50 }, (_, width) => ({ const: { width } }))
  t.equal(told({ anyOf: arms }, {}).length, 20)
  const [problem] = payloadProblems({ additionalProperties: false }, { ['x'.repeat(5000)]: 1 })
  t.equal(problem?.path.length, 900)
  t.end()
})
