import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findIdentity, makeIdentity, saveIdentity } from '../../src/worker/identity.ts'
import { temporaryDirectory } from './world.ts'

const kitchen = { system: 'kitchen', hardware: ['dc:a6:32:00:00:01'] }
const attic = { system: 'kitchen', hardware: ['dc:a6:32:00:00:02'] }

void t.test('a device that has not joined has no identity', async (t) => {
  t.equal(await findIdentity(temporaryDirectory(t), kitchen), 'none')
})

void t.test('an identity comes back as it was made and kept', async (t) => {
  const directory = temporaryDirectory(t)
  const made = await makeIdentity(directory, kitchen)
  t.match(made, { device_id: null, credential: /^[A-Za-z0-9_-]{43}$/ })
  t.strictSame(await findIdentity(directory, kitchen), made)
  const named = { ...made, device_id: 'kitchen-tablet' }
  await saveIdentity(directory, named)
  t.strictSame(await findIdentity(directory, kitchen), named)
  t.not((await makeIdentity(directory, kitchen)).credential, made.credential)
})

void t.test(
  'the same directory on another machine is a copy, and stays one until it has an identity anew',
  async (t) => {
    const directory = temporaryDirectory(t)
    const copy = temporaryDirectory(t)
    const made = await makeIdentity(directory, kitchen)
    cpSync(directory, copy, { recursive: true })
    for (let time = 0; time < 2; time += 1) t.equal(await findIdentity(copy, attic), 'elsewhere')
    const own = await makeIdentity(copy, attic)
    t.not(own.credential, made.credential)
    t.strictSame(await findIdentity(copy, attic), own)
    t.strictSame(await findIdentity(directory, kitchen), made)
  },
)

void t.test(
  'an adapter that is new is known at the next start, and one that is gone for now is not forgotten',
  async (t) => {
    const directory = temporaryDirectory(t)
    await makeIdentity(directory, kitchen)
    await findIdentity(directory, { ...kitchen, hardware: [...kitchen.hardware, '00:e0:4c:00:00:09'] })
    t.not(await findIdentity(directory, { ...kitchen, hardware: ['00:e0:4c:00:00:09'] }), 'elsewhere')
    t.not(await findIdentity(directory, { system: null, hardware: [] }), 'elsewhere')
    t.equal(await findIdentity(directory, attic), 'elsewhere')
  },
)

void t.test('an identity of an earlier version is bound to the machine that it is found on', async (t) => {
  const directory = temporaryDirectory(t)
  writeFileSync(join(directory, 'identity.json'), '{"device_id": "kitchen-tablet", "credential": "secret"}')
  t.match(await findIdentity(directory, kitchen), { device_id: 'kitchen-tablet', credential: 'secret' })
  t.equal(await findIdentity(directory, attic), 'elsewhere')
})

void t.test(
  'only the owner of the device can read its credential',
  { skip: process.platform === 'win32' },
  async (t) => {
    const directory = temporaryDirectory(t)
    await makeIdentity(directory, kitchen)
    t.equal(statSync(join(directory, 'identity.json')).mode & 0o777, 0o600)
  },
)

const bound = (machine: string) => `{"device_id": "a", "credential": "b", "machine": ${machine}}`

for (const broken of [
  '{"device_id": "kitchen-tab',
  '[]',
  '{"device_id": "a", "credential": 5}',
  '{"credential": "b"}',
  bound('"c"'),
  bound('{"system": 1, "hardware": []}'),
  bound('{"system": null, "hardware": [1]}'),
  '',
]) {
  void t.test(`a broken identity (${JSON.stringify(broken)}) is said with its path, and left as it is`, async (t) => {
    const directory = temporaryDirectory(t)
    const path = join(directory, 'identity.json')
    writeFileSync(path, broken)
    await t.rejects(findIdentity(directory, kitchen), { code: 'IDENTITY_BROKEN', message: path })
    t.equal(readFileSync(path, 'utf8'), broken)
  })
}
