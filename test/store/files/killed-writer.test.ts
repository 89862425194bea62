import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openDiskFiles } from '../../../src/store/files/disk-files.ts'
import { until } from '../../start-cluster.ts'
import { bodyOf, listed, pathsIn, sha256Of } from './world.ts'

const BYTES = 5_000_000
const script = fileURLToPath(new URL('endless-writer.ts', import.meta.url))

void t.test('kill -9 in the midst of a transfer: no file is there, and it goes on where it was', async (t) => {
  const directory = t.testdir()
  const writer = spawn(process.execPath, [script, directory, String(BYTES)], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => writer.kill('SIGKILL'))
  await once(writer.stdout, 'data')
  await until('both are on their way', () => {
    const sizes = pathsIn(directory).map((path) => statSync(join(directory, path)).size)
    return Promise.resolve((sizes.length === 2 && sizes.every((size) => size === BYTES)) || undefined)
  })
  writer.kill('SIGKILL')
  await once(writer, 'exit')

  const files = await openDiskFiles(directory)
  t.same(await listed(files), [])
  const whole = Buffer.concat([Buffer.alloc(BYTES, 'the beginning of a file '), Buffer.from('its end')])
  const sha256 = sha256Of(whole)
  t.equal(await files.partial(sha256), BYTES)
  t.equal(pathsIn(directory).length, 1, 'what had no name is gone: nobody could go on with it')
  const rest = bodyOf(whole.subarray(BYTES))
  t.match(await files.write({ sha256, offset: BYTES, body: rest, maxBytes: whole.length }), { bytes: whole.length })
})
