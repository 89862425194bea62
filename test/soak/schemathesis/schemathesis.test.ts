import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { toEnd } from '../../system/clients/generated.ts'

const KEY = 'key-of-schemathesis'

void t.test('schemathesis finds nothing: every phase, every check, with keys on', async (t) => {
  const directory = t.testdir()
  const bin = (name: string) => join(directory, 'venv/bin', name)
  await toEnd('python3', ['-m', 'venv', 'venv'], directory)
  const requirements = join(import.meta.dirname, 'requirements.txt')
  await toEnd(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements], directory)
  const cluster = await startCluster(t, {
    key: KEY,
    args: ['--rate-limit-read', '1000000', '--rate-limit-write', '1000000'],
    // Tasks that sleep for hours take slots; others should be done meanwhile.
    workerArgs: ['--slots', '64'],
  })
  const environment = {
    ...process.env,
    SCHEMATHESIS_API_KEY: KEY,
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
    // tap sets it, and a progress bar would be drawn into the report.
    FORCE_COLOR: undefined,
  }
  const config = join(import.meta.dirname, 'schemathesis.toml')
  // Ends with an error where anything is found. All checks are on, unless the configuration says otherwise.
  const said = await toEnd(
    bin('schemathesis'),
    ['--config-file', config, 'run', `${cluster.url}/openapi.json`, '--no-color'],
    directory,
    environment,
  )
  for (const phase of ['Examples', 'Coverage', 'Fuzzing', 'Stateful'])
    t.match(said, new RegExp(`✅ {1,2}${phase}`), `${phase} has run`)
  const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(said) ?? []
  t.ok(Number(passed) > 3000, `${passed} of ${generated} cases have passed`)
  t.equal((await cluster.devices()).online, 1, 'the worker is there still')
})
