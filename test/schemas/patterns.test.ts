import { readFileSync } from 'node:fs'
import { checkSync } from 'recheck'
import t from 'tap'
import { clusterMethods, components, linkMethods } from '../../schemas/index.ts'

/** Every `pattern` below a value. */
function* patternsIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'pattern' && typeof inner === 'string') yield inner
    else yield* patternsIn(inner)
  }
}

/** Whether no text can make an expression take longer than in proportion to the length of the text. */
const isHarmless = (pattern: string): boolean => checkSync(pattern, 'u').status === 'safe'

// Expressions that are written as such are the linter's: eslint-plugin-regexp.
void t.test('no pattern of the contract can be made to blow up', (t) => {
  const document: unknown = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'))
  const patterns = new Set(patternsIn([document, [...components().values()], linkMethods, clusterMethods]))
  t.ok(patterns.size > 10, `${patterns.size} patterns`)
  for (const pattern of patterns) t.ok(isHarmless(pattern), pattern)
  t.end()
})

void t.test('one that could is found', (t) => {
  for (const pattern of ['^(a+)+$', '^(a|a)*$', '^\\d+\\d+$', 'a+$']) t.notOk(isHarmless(pattern), pattern)
  t.end()
})
