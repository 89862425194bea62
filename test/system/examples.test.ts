import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryDirectory } from '../cli/programs.ts'
import { startCluster } from '../start-cluster.ts'
import { root } from './clients/generated.ts'
import { pythonEnvironment } from './clients/python-environment.ts'
import { codeIn, printed, sectionsOf } from './docs/page.ts'
import { makeShell } from './docs/shell.ts'

void t.test('every example prints what its page says', async (t) => {
  const [cluster, python] = await Promise.all([
    startCluster(t, {
      workers: 3,
      workerArgs: ['--allow', 'command,javascript,python,wasm,http_request,lan', '--slots', '2'],
    }),
    pythonEnvironment(temporaryDirectory(t), { toDevelop: false }),
  ])
  const { run } = makeShell(t, { RETIRE_CLUSTER_API_URL: cluster.url }, { at: 'home' })
  const pages = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.md') && name !== 'README.md')
  const index = readFileSync(join(root, 'examples', 'README.md'), 'utf8')
  t.ok(pages.length >= 10)
  for (const page of pages) {
    t.match(index, `](${page})`, `${page} is in the list`)
    const [example = { heading: '', blocks: [] }, ...more] = sectionsOf(`examples/${page}`)
    t.strictSame(more, [], `${page} is one example`)
    // Each has a directory of its own.
    const folder = page.replace('.md', '')
    const lines = `export PATH="${python.bin('')}:$PATH"; mkdir ${folder}; cd ${folder}\n${codeIn(example, 'sh')}`
    t.match((await run(lines)).trimEnd(), printed(codeIn(example, 'text')), page)
  }
})
