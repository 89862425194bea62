import t from 'tap'
import { temporaryDirectory } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { toEnd } from '../clients/generated.ts'
import { codeIn, printed, sectionsOf } from './page.ts'

const KEY = 'key-of-the-cookbook'

void t.test('every recipe of the cookbook prints what the page says', async (t) => {
  const cluster = await startCluster(t, {
    workers: 2,
    key: KEY,
    workerArgs: ['--allow', 'command', '--tags', 'lab', '--slots', '2'],
  })
  const [preamble, ...recipes] = sectionsOf('docs/cookbook.md')
  t.ok(recipes.length >= 15)
  const variables = { RETIRE_CLUSTER_API_URL: cluster.url, RETIRE_CLUSTER_API_KEY: KEY }
  const exported = preamble === undefined ? '' : codeIn(preamble, 'sh')
  for (const name of Object.keys(variables)) t.match(exported, `export ${name}=`, `the page says to set ${name}`)

  for (const recipe of recipes) {
    const environment = { ...process.env, ...variables }
    const said = await toEnd('bash', ['-euc', codeIn(recipe, 'sh')], temporaryDirectory(t), environment)
    t.match(said.trimEnd(), printed(codeIn(recipe, 'text')), recipe.heading)
  }
})
