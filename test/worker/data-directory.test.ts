import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lockDataDirectory } from '../../src/worker/data-directory.ts'
import { temporaryDirectory } from './world.ts'

void t.test('a data directory that is taken refuses a second worker, until the first has let it go', (t) => {
  const directory = join(temporaryDirectory(t), 'new', 'directory')
  const first = lockDataDirectory(directory)
  t.throws(() => lockDataDirectory(directory), { code: 'DATA_DIR_TAKEN', message: directory })
  first.release()
  lockDataDirectory(directory).release()
  t.end()
})

void t.test('a data directory that cannot be made is said plainly', (t) => {
  const file = join(temporaryDirectory(t), 'file')
  writeFileSync(file, '')
  t.throws(() => lockDataDirectory(join(file, 'inside')), { code: 'DATA_DIR_UNUSABLE' })
  t.end()
})
