import t from 'tap'
import { Type } from '@sinclair/typebox'
import { exactlyOne, TaskSubmission } from '../../schemas/index.ts'
import type { InvalidRequest } from '../../src/api/validation/finding.ts'
import { nearest } from '../../src/api/validation/nearest.ts'
import { validatorCompiler } from '../../src/api/validation/validators.ts'
import { worded } from '../../src/api/validation/wording.ts'
import { startApi } from './start-api.ts'

void t.test(
  'all that is wrong is told at once, and of a union only what concerns the arm that was meant',
  async (t) => {
    const { send } = await startApi(t)
    const answer = await send('POST', '/api/v1/tasks', {
      task_type: 'sleep',
      payload: { duration: -1, until: 'noon' },
      timeout: 0,
      requirements: { tags: ['a', 5] },
    })
    const issues = answer.json().error?.details.issues ?? []
    t.strictSame(
      new Set(issues.map(({ path }) => path)),
      new Set(['/payload/duration', '/payload/until', '/timeout', '/requirements/tags/1']),
    )
    t.match(issues.find(({ path }) => path === '/requirements/tags/1')?.message, /'tags\[1\]' must be a string/)
  },
)

void t.test('an unknown name is answered with the names that are allowed', async (t) => {
  const { call } = await startApi(t)
  const [issue] = (await call('GET', '/api/v1/tasks/a?zzzzzz=1')).json().error?.details.issues ?? []
  t.strictSame(issue?.allowed, ['wait'])
  t.equal(issue?.suggestion, undefined, 'nothing is near, so nothing is suggested')
})

void t.test('a flood of unknown fields is answered with the first of them', async (t) => {
  const { send } = await startApi(t)
  const flood = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field_${index}`, 1]))
  const answer = await send('POST', '/api/v1/tasks', { task_type: 'echo', payload: {}, ...flood })
  const issues = answer.json().error?.details.issues ?? []
  t.equal(answer.status, 400)
  t.ok(issues.length > 0 && issues.length <= 50, `${issues.length} issues`)
})

void t.test('every keyword of the schemas has its own words, in both languages', (t) => {
  const compile = validatorCompiler()
  const schema = Type.Object(
    {
      above: Type.Optional(Type.Number({ exclusiveMinimum: 1 })),
      below: Type.Optional(Type.Number({ exclusiveMaximum: 1 })),
      choice: Type.Optional(
        Type.Object(
          { a: Type.Optional(Type.Null()), b: Type.Optional(Type.Null()) },
          { allOf: [exactlyOne('a', 'b')] },
        ),
      ),
      constant: Type.Optional(Type.Literal('x')),
      distinct: Type.Optional(Type.Array(Type.Integer(), { uniqueItems: true, maxItems: 2 })),
      fields: Type.Optional(Type.Object({}, { minProperties: 1 })),
      few: Type.Optional(Type.Object({}, { maxProperties: 1 })),
      instant: Type.Optional(Type.String({ format: 'date-time' })),
      multiple: Type.Optional(Type.Integer({ multipleOf: 5 })),
      tasks: Type.Optional(Type.Array(TaskSubmission)),
    },
    { additionalProperties: false },
  )
  const validate = compile({ schema, method: 'POST', url: '/', httpPart: 'body' }) as (value: unknown) => {
    error?: InvalidRequest
  }
  const cases: [unknown, string, RegExp][] = [
    [{ above: 1 }, '/above', /'above' must be more than 1/],
    [{ below: 1 }, '/below', /'below' must be less than 1/],
    [{ choice: {} }, '/choice', /'choice' needs exactly one of a, b/],
    [{ choice: { a: null, b: null } }, '/choice', /'choice' needs exactly one of a, b/],
    [{ constant: 'y' }, '/constant', /'constant' must be "x"/],
    [{ distinct: [1, 1] }, '/distinct', /same value twice/],
    [{ distinct: [1, 2, 3] }, '/distinct', /at most 2 items/],
    [{ fields: {} }, '/fields', /at least 1 field$/],
    [{ few: { a: 1, b: 2 } }, '/few', /at most 1 field$/],
    [{ instant: 'noon' }, '/instant', /must be a date-time/],
    [{ multiple: 3 }, '/multiple', /not possible here/],
    [{ distinct: [1.5] }, '/distinct/0', /'distinct\[0\]' must be a whole number, not one with a fraction/],
    [{ multiple: '5' }, '/multiple', /'multiple' must be a whole number, not a string/],
    [
      {
        tasks: [
          { task_type: 'echo', payload: {} },
          { task_type: 'sleep', payload: {} },
        ],
      },
      '/tasks/1/payload/duration',
      /missing/,
    ],
    [{ tasks: [{ task_type: 'echo', payload: { 'a/b~c': 1 } }] }, '/tasks/0/payload/a~1b~0c', /'a\/b~c' is not known/],
    [{ tasks: ['echo'] }, '/tasks/0', /'tasks\[0\]' must be an object, not a string/],
  ]
  for (const [value, path, says] of cases) {
    const findings = validate(value).error?.findings ?? []
    const issues = findings.map((finding) => worded(finding, 'en'))
    t.strictSame(
      issues.map((issue) => issue.path),
      [path],
      JSON.stringify(value),
    )
    t.match(issues[0]?.message, says)
    for (const finding of findings) t.match(worded(finding, 'zh').message, /\p{Script=Han}/u)
  }
  t.strictSame(validate({ above: 2, tasks: [] }), { value: { above: 2, tasks: [] } })
  t.end()
})

void t.test('a name that is only cased otherwise is suggested, one that is far is not', (t) => {
  t.equal(nearest('Task_Type', ['task_type', 'payload']), 'task_type')
  t.equal(nearest('taks_tpye', ['task_type', 'payload']), undefined)
  t.equal(nearest('taks_type', ['task_type', 'payload']), 'task_type')
  t.equal(nearest('x'.repeat(1000), ['task_type']), undefined)
  t.end()
})
