import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { lockDirectory } from '../../src/store/lock.ts'

const holder = fileURLToPath(new URL('./lock-holder.ts', import.meta.url))

void t.test('a directory is for one process, until that one is gone, however it went', async (t) => {
  const directory = t.testdir()
  const child = spawn(process.execPath, [holder, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  t.throws(
    () => lockDirectory(directory),
    { name: 'DataDirectoryError', kind: 'taken', message: /in use by another process.*--data-dir/ },
    'taken while the other lives',
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockDirectory(directory).release()
})

void t.test('a lock keeps out this process too, until it is released', (t) => {
  const directory = t.testdir()
  const lock = lockDirectory(directory)
  t.throws(() => lockDirectory(directory), { name: 'DataDirectoryError', kind: 'taken' })
  lock.release()
  const next = lockDirectory(directory)
  lock.release()
  t.throws(
    () => lockDirectory(directory),
    { name: 'DataDirectoryError', kind: 'taken' },
    'releasing twice does not let go of the lock of another',
  )
  next.release()
  t.end()
})

void t.test('a lock outlives a caller that forgets it', (t) => {
  const directory = t.testdir()
  lockDirectory(directory)
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
  t.throws(() => lockDirectory(directory), { name: 'DataDirectoryError', kind: 'taken' })
  t.end()
})

void t.test('the directory is made, for its owner alone', (t) => {
  const directory = join(t.testdir(), 'a', 'b')
  const lock = lockDirectory(directory)
  t.ok(statSync(directory).isDirectory())
  if (process.platform !== 'win32') t.equal(statSync(directory).mode & 0o777, 0o700)
  lock.release()
  t.end()
})

void t.test('what cannot be a data directory is refused in one sentence', (t) => {
  const directory = t.testdir({ file: 'not a directory', other: { lock: 'not a lock'.repeat(200) } })
  t.throws(() => lockDirectory(join(directory, 'file', 'data')), { kind: 'unreadable', message: /cannot be made/ })
  t.throws(() => lockDirectory(join(directory, 'other')), { kind: 'unreadable', message: /cannot be locked/ })
  writeFileSync(join(directory, 'other', 'lock'), '')
  lockDirectory(join(directory, 'other')).release()
  t.end()
})
