import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ended, entry, logLine, runToEnd, start } from '../cli/programs.ts'
import { temporaryDirectory } from './world.ts'

/** A worker whose node does not answer: nothing listens on port 1. */
const argumentsFor = (dataDir: string) => ['--join', '127.0.0.1:1', '--token', 'token', '--data-dir', dataDir]

void t.test('a data directory is one worker’s, until that one has ended, however it ended', async (t) => {
  const directory = join(temporaryDirectory(t), 'new')
  const startOne = async () => {
    const worker = start(t, entry('worker'), argumentsFor(directory))
    await logLine(worker, ({ msg }) => msg === 'no connection to the node; trying again')
    return worker
  }
  const first = await startOne()
  const second = await runToEnd(t, entry('worker'), argumentsFor(directory))
  t.match(second, { code: 1, stderr: `${directory} is in use by another process` })
  t.equal(second.stderr.trim().split('\n').length, 1, 'one sentence, and no stack')
  first.kill('SIGKILL')
  await ended(first)
  const third = await startOne()
  t.equal(third.exitCode, null)
})

void t.test('a data directory that cannot be made ends the worker with one sentence', async (t) => {
  const file = join(temporaryDirectory(t), 'file')
  writeFileSync(file, '')
  const outcome = await runToEnd(t, entry('worker'), argumentsFor(join(file, 'inside')))
  t.match(outcome, { code: 1, stderr: /cannot be (made|read)/ })
  t.equal(outcome.stderr.trim().split('\n').length, 1)
})
