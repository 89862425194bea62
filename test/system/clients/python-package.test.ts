import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import manifest from '#package.json' with { type: 'json' }
import { startCluster, until } from '../../start-cluster.ts'
import { root, toEnd } from './generated.ts'
import { pythonEnvironment } from './python-environment.ts'

const KEY = 'your-key'

/** The Python of the seed of this project, as it stands there. */
const seed = `from retire_cluster_client import ClusterClient

client = ClusterClient('http://localhost:8081', api_key='your-key')

# 获取设备列表
devices = client.devices.list(status='online')

# 提交任务
task_id = client.tasks.submit('echo', {'message': 'Hello'})

# 监控任务
for event in client.monitor.stream(['tasks']):
    print(f"任务更新: {event}")
`

/** The Python of a page, program by program. */
const programsOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```python\n(.*?)^```$/gms)].map(([, code = '']) => code)

void t.test('the Python package', async (t) => {
  const directory = t.testdir()
  const { bin, source } = await pythonEnvironment(directory)
  const cluster = await startCluster(t, {
    workers: 2,
    key: KEY,
    args: ['--no-rate-limit'],
    workerArgs: ['--allow', 'command,python'],
  })
  const here = (program: string) => program.replaceAll('http://localhost:8081', cluster.url)

  await t.test('has the version of the API that it was made for', async (t) => {
    const said = await toEnd(bin('pip'), ['show', 'retire-cluster-client'], directory)
    t.match(said, `Version: ${manifest.version}\n`)
  })

  await t.test('passes ruff, mypy --strict, and vermin for Python 3.9', async (t) => {
    await toEnd(bin('ruff'), ['check', '--no-cache'], source)
    await toEnd(bin('ruff'), ['format', '--check', '--no-cache'], source)
    t.match(await toEnd(bin('mypy'), ['--strict'], source), 'Success: no issues found')
    await toEnd(bin('vermin'), ['--config-file', 'vermin.ini', 'src'], source)
  })

  await t.test('passes its own tests against a live cluster', async (t) => {
    const env = { ...process.env, RETIRE_CLUSTER_TEST_URL: cluster.url, RETIRE_CLUSTER_TEST_KEY: KEY }
    t.match(await toEnd(bin('pytest'), ['-q', '-p', 'no:cacheprovider'], source, env), / passed/)
  })

  await t.test('is what its readme says', async (t) => {
    const [program = ''] = programsOf('clients/python/README.md')
    writeFileSync(join(directory, 'readme.py'), here(program))
    t.match(await toEnd(bin('python'), ['readme.py'], directory), /^task-\w+ \{'output': 'Hello'/)
  })

  await t.test('is what its page in the docs says, program by program', async (t) => {
    const [preamble = '', ...programs] = programsOf('docs/clients/python.md')
    t.ok(programs.length >= 7)
    const fileOf = (index: number) => join(directory, `program_${index + 1}.py`)
    for (const [index, code] of programs.entries())
      writeFileSync(fileOf(index), here(code.includes('AsyncClusterClient') ? code : preamble + code))
    await toEnd(bin('mypy'), ['--strict', ...programs.map((_, index) => fileOf(index))], directory)
    for (const [index, code] of programs.entries()) {
      const said = await toEnd(bin('python'), ['-W', 'error', fileOf(index)], directory)
      t.ok(said.trim(), `program ${index + 1} prints something`)
      if (code.includes('"message": "Hello"')) t.equal(said, 'Hello\n')
      if (code.includes('"two"')) t.match(said, "['one', 'two', 'three']")
      if (code.includes('primes_below')) t.equal(said, '[4, 25, 168]\n')
      if (code.includes('ecko')) t.match(said, /^echo /)
    }
  })

  await t.test('runs the program of the seed as it stands', async (t) => {
    const { tasks: ended } = await cluster.tasks('task_type=echo&status=completed&limit=1000')
    const before = new Set(ended.map(({ task_id }) => task_id))
    writeFileSync(join(directory, 'seed.py'), here(seed))
    const program = spawn(bin('python'), ['-u', 'seed.py'], { cwd: directory })
    t.teardown(() => program.kill('SIGKILL'))
    // The stream begins now, when its task has already ended.
    const poke = setInterval(() => void cluster.submit({ task_type: 'echo', payload: {} }), 200)
    t.teardown(() => clearInterval(poke))
    for await (const line of createInterface(program.stdout)) {
      t.match(line, /^任务更新: \{'type': 'task_/)
      break
    }
    clearInterval(poke)
    // The first event may be another's, and come while the seed's own task still runs.
    await until('the task of the seed has completed', async () => {
      const { tasks } = await cluster.tasks('task_type=echo&status=completed&limit=1000')
      return tasks.some(({ task_id, result }) => !before.has(task_id) && result?.output === 'Hello') || undefined
    })
  })
})
