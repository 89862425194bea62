import t from 'tap'
import { offerOf } from '../../src/worker/allow.ts'

void t.test('without a word of the owner only harmless types are offered', (t) => {
  t.match(offerOf([], 4), { slots: 4, task_types: ['echo', 'sleep', 'system_info'], allow: [], custom_types: [] })
  t.end()
})

void t.test('what the owner allows is offered', (t) => {
  t.match(offerOf(['command'], 1), { task_types: ['echo', 'sleep', 'system_info', 'command'], allow: [] })
  t.match(offerOf(['shell', 'command'], 1).allow, ['shell'])
  t.end()
})

void t.test('what cannot be allowed is refused, with what can be', (t) => {
  for (const name of ['python_eval', 'javascript', 'http_request', 'echo', 'comand']) {
    t.throws(() => offerOf([name], 1), { code: 'NOT_ALLOWED', message: /command, shell/ })
  }
  t.throws(() => offerOf(['shell'], 1), { code: 'NOT_ALLOWED', message: /command,shell/ })
  t.end()
})
