import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lockDirectory } from '../../../src/store/lock.ts'
import { moveBeside } from '../../../src/store/moving/beside.ts'

const world = (t: Test) => {
  const directory = t.testdir({ from: {}, to: {} })
  return { from: join(directory, 'from'), to: join(directory, 'to') }
}

void t.test('secrets are copied, and what is there already stays', async (t) => {
  const { from, to } = world(t)
  writeFileSync(join(from, 'join-token'), 'of before\n')
  writeFileSync(join(from, 'tls-key.pem'), 'key of before\n')
  chmodSync(join(from, 'join-token'), 0o600)
  writeFileSync(join(to, 'tls-key.pem'), 'key of its own\n')
  const names = ['join-token', 'cluster-token', 'tls-key.pem']
  await moveBeside(from, to, names)
  t.equal(readFileSync(join(to, 'join-token'), 'utf8'), 'of before\n')
  t.equal(statSync(join(to, 'join-token')).mode & 0o777, 0o600)
  t.equal(readFileSync(join(to, 'tls-key.pem'), 'utf8'), 'key of its own\n')
  t.notOk(existsSync(join(to, 'cluster-token')))
  await t.resolves(moveBeside(from, to, names), 'again, it finds all of it there')
})

void t.test('a directory in which a node runs is left alone', async (t) => {
  const { from, to } = world(t)
  const lock = lockDirectory(from)
  await t.rejects(moveBeside(from, to, []), { name: 'DataDirectoryError', kind: 'taken' })
  lock.release()
})

void t.test('where nothing can be written it is said in one sentence', async (t) => {
  const { from, to } = world(t)
  writeFileSync(join(from, 'join-token'), 'of before\n')
  await t.rejects(moveBeside(from, join(to, 'absent'), ['join-token']), { name: 'MoveError', kind: 'unwritable' })
})
