import t from 'tap'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster } from '../start-cluster.ts'
import { arrived, batchIn, CAPITALS, clientOf, folderOf } from './run-world.ts'

void t.test('of a folder that has changed the new files are done, and nothing is replaced', async (t) => {
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'command', '--slots', '2'] })
  const { directory, out, run } = clientOf(t, cluster)
  const folder = folderOf(directory, 3)
  const runOver = (...flags: string[]) => run(['run', join(folder, '*.txt'), '--out', out, ...flags, '--', ...CAPITALS])
  t.match(await runOver(), { code: 0, stderr: /3 files written/ })

  writeFileSync(join(folder, '3.txt'), 'text 3\n')
  writeFileSync(join(folder, '4.txt'), 'text 4\n')
  const grown = await runOver()
  t.match(grown, { code: 0, stderr: '2 of 2 tasks completed: 2 files written, 0 there already.' })
  t.match(grown.stderr, '3 of 5 files are done: what came of them is there as the same command left it.')
  t.equal((await cluster.tasks(`batch_id=${batchIn(grown.stderr)}`)).total, 2)
  t.strictSame(arrived(out).toSorted(), ['0.txt', '1.txt', '2.txt', '3.txt', '4.txt'])
  t.equal(readFileSync(join(out, '4.txt'), 'utf8'), 'TEXT 4\n')

  rmSync(join(folder, '4.txt'))
  t.match(await runOver(), { code: 0, stderr: /^4 of 4 files are done: .*\n$/ }, 'of fewer files nothing is to do')

  writeFileSync(join(folder, '0.txt'), 'another text\n')
  writeFileSync(join(out, '1.txt'), 'mine\n')
  const refused = { code: 2, stderr: /0\.txt and 1 more are there already\. --overwrite replaces them/ }
  t.match(await runOver(), refused, 'another file, and another result')
  t.equal(readFileSync(join(out, '0.txt'), 'utf8'), 'TEXT 0\n')
  t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'mine\n')
  t.match(await runOver('--overwrite'), { code: 0, stderr: /2 files written/ })
  t.equal(readFileSync(join(out, '0.txt'), 'utf8'), 'ANOTHER TEXT\n')
  t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'TEXT 1\n')
})
