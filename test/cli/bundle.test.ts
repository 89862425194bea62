import t from 'tap'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { workerBundlePath } from '../../src/cli/package-files.ts'
import { refusalOfNode } from '../../src/cli/node-version.ts'
import packageJson from '#package.json' with { type: 'json' }
import { runToEnd, temporaryDirectory } from './programs.ts'

const bundler = join(import.meta.dirname, '../../scripts/bundle-worker.ts')

void t.test('the one-file worker runs where nothing but Node is', async (t) => {
  t.match(await runToEnd(t, bundler, []), { code: 0, stderr: '' })
  // Moved away from the repository, so that no node_modules can help it.
  const alone = join(temporaryDirectory(t), 'worker.mjs')
  copyFileSync(workerBundlePath, alone)
  t.match(await runToEnd(t, alone, ['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  t.match(await runToEnd(t, alone, ['--help']), { code: 0, stdout: /RETIRE_CLUSTER_JOIN/ })
  t.ok(statSync(alone).size < 3 * 1024 * 1024, 'under 3 MB')
  if (process.platform !== 'win32') t.equal(statSync(workerBundlePath).mode & 0o111, 0o111, 'can be run as it is')
  const source = readFileSync(alone, 'utf8')
  t.ok(source.startsWith('#!/usr/bin/env node\n'))
  t.notMatch(source, /\bfrom\s*["']node:sqlite["']/, 'an old Node gets to the sentence that tells what it needs')
})

void t.test('a Node that is too old is refused in one sentence', (t) => {
  for (const old of ['18.20.8', '20.20.2', '22.15.9', '21.99.0'])
    t.match(
      refusalOfNode('retire-cluster-worker', old),
      /^retire-cluster-worker: Node \d+\.\d+\.\d+ is too old; install Node 22\.16/,
    )
  for (const fine of ['22.16.0', '22.20.1', '23.0.0', '24.21.0', '100.0.0'])
    t.equal(refusalOfNode('x', fine), undefined)
  t.end()
})
