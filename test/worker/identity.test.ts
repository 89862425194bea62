import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadIdentity, saveIdentity } from '../../src/worker/identity.ts'
import { temporaryDirectory } from './world.ts'

const identity = { device_id: 'kitchen-tablet', credential: 'secret' }

void t.test('a device that has not joined has no identity', async (t) => {
  t.equal(await loadIdentity(temporaryDirectory(t)), null)
})

void t.test('an identity comes back as it was kept, and nothing else is kept with it', async (t) => {
  const directory = temporaryDirectory(t)
  await saveIdentity(directory, Object.assign({ join_token: 'token' }, identity))
  t.strictSame(await loadIdentity(directory), identity)
  t.notMatch(readFileSync(join(directory, 'identity.json'), 'utf8'), 'token')
})

void t.test(
  'only the owner of the device can read its credential',
  { skip: process.platform === 'win32' },
  async (t) => {
    const directory = temporaryDirectory(t)
    await saveIdentity(directory, identity)
    t.equal(statSync(join(directory, 'identity.json')).mode & 0o777, 0o600)
  },
)

for (const broken of ['{"device_id": "kitchen-tab', '[]', '{"device_id": "a", "credential": 5}', '']) {
  void t.test(`a broken identity (${JSON.stringify(broken)}) is said with its path, and left as it is`, async (t) => {
    const directory = temporaryDirectory(t)
    const path = join(directory, 'identity.json')
    writeFileSync(path, broken)
    await t.rejects(loadIdentity(directory), { code: 'IDENTITY_BROKEN', message: path })
    t.equal(readFileSync(path, 'utf8'), broken)
  })
}
