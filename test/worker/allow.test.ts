import t from 'tap'
import { ableOf, offerOf } from '../../src/worker/allow.ts'
import { helloOf } from '../cluster/world.ts'

const harmless = ['echo', 'sleep', 'system_info']

void t.test('without a word of the owner only harmless types are offered', (t) => {
  t.match(offerOf([], 4), { slots: 4, task_types: harmless, allow: [], custom_types: [], files: true })
  t.end()
})

void t.test('what the owner allows is offered, and nothing that merely goes with it', (t) => {
  for (const name of ['command', 'http_request', 'javascript', 'python', 'python_eval', 'wasm']) {
    t.strictSame(offerOf([name], 1), {
      slots: 1,
      task_types: [...harmless, name],
      allow: [],
      custom_types: [],
      files: true,
    })
  }
  t.strictSame(offerOf(['shell', 'command'], 1).allow, ['shell'])
  t.strictSame(offerOf(['http_request', 'lan'], 1).allow, ['lan'])
  t.end()
})

void t.test('what cannot be allowed is refused, with what can be', (t) => {
  for (const name of ['echo', 'comand', 'Command', '']) {
    t.throws(() => offerOf([name], 1), {
      code: 'NOT_ALLOWED',
      message: /http_request, command, python, python_eval, javascript, wasm, shell, lan\.$/,
    })
  }
  t.throws(() => offerOf(['shell'], 1), { code: 'NOT_ALLOWED', message: /--allow command,shell\./ })
  t.throws(() => offerOf(['command', 'lan'], 1), { code: 'NOT_ALLOWED', message: /--allow http_request,lan\./ })
  t.end()
})

void t.test('a device without Python does not offer what needs it', (t) => {
  const { profile } = helloOf()
  const offer = offerOf(['python', 'python_eval', 'javascript'], 1)
  const on = (python_version: string | null) =>
    ableOf(offer, { ...profile, platform: { ...profile.platform, python_version } })
  t.strictSame(on('3.11.2'), offer)
  t.strictSame(on(null).task_types, [...harmless, 'javascript'])
  t.end()
})
