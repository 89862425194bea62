import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { BatchSubmitted } from '../../../schemas/index.ts'
import { type RunningCluster, startCluster } from '../../start-cluster.ts'
import { toEnd } from '../clients/generated.ts'

const KEY = 'key-of-schemathesis'
const directory = import.meta.dirname

/** Installs schemathesis. Returns where it is. */
const installed = async (venv: string): Promise<string> => {
  await toEnd('python3', ['-m', 'venv', venv], directory)
  const requirements = ['-r', join(directory, 'requirements.txt')]
  await toEnd(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements], directory)
  return join(venv, 'bin/schemathesis')
}

/** Makes what schemathesis.toml speaks of: two devices, tasks that wait for ever, one that was cancelled, and a batch. */
const setScene = async (
  t: Test,
): Promise<{ cluster: RunningCluster; inBatch: string[]; pending: string[]; cancelled: string }> => {
  const cluster = await startCluster(t, {
    key: KEY,
    workers: 2,
    args: ['--rate-limit-read', '1000000', '--rate-limit-write', '1000000'],
    // Tasks that sleep for hours take slots; others should be done meanwhile.
    workerArgs: ['--slots', '64'],
  })
  const waiting = {
    task_type: 'echo',
    payload: {},
    requirements: { min_cpu_cores: 65_536 },
    queue_if_unavailable: true,
  }
  const submit = async (batch_id: string, length: number) => {
    const tasks = Array.from({ length }, () => waiting)
    return (await cluster.call<BatchSubmitted>('POST', '/api/v1/tasks/batch', { batch_id, tasks })).data.task_ids
  }
  const inBatch = await submit('a-batch', 10)
  const [cancelled = '', ...pending] = await submit('one-by-one', 101)
  await cluster.call('DELETE', `/api/v1/tasks/${cancelled}`)
  const headers = { 'X-API-Key': KEY }
  await fetch(`${cluster.url}/api/v1/artifacts`, { method: 'POST', body: 'hello', headers })
  return { cluster, inBatch, pending, cancelled }
}

void t.test('schemathesis finds nothing: every phase, every check, with keys on', async (t) => {
  const workplace = t.testdir()
  const schemathesis = await installed(join(workplace, 'venv'))
  const { cluster, inBatch, pending, cancelled } = await setScene(t)
  const dictionary = (name: string, ids: readonly string[]) =>
    writeFileSync(join(workplace, name), ids.map((id) => `"${id}"\n`).join(''))
  dictionary('tasks-of-the-batch.dict', inBatch)
  dictionary('pending-tasks.dict', pending)
  dictionary('cancelled-tasks.dict', [cancelled])
  const config = join(workplace, 'schemathesis.toml')
  copyFileSync(join(directory, 'schemathesis.toml'), config)

  // Ends with an error where anything is found. All checks are on, unless the configuration says otherwise.
  const run = ['--config-file', config, 'run', `${cluster.url}/openapi.json`, '--no-color']
  const said = await toEnd(schemathesis, run, workplace, {
    ...process.env,
    SCHEMATHESIS_API_KEY: KEY,
    PYTHONPATH: directory,
    PYTHONDONTWRITEBYTECODE: '1',
    // tap sets it, and a progress bar would be drawn into the report.
    FORCE_COLOR: undefined,
  })
  for (const phase of ['Examples', 'Coverage', 'Fuzzing', 'Stateful'])
    t.match(said, new RegExp(`✅ {1,2}${phase}`), `${phase} has run`)
  const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(said) ?? []
  t.ok(Number(passed) > 3000, `${passed} of ${generated} cases have passed`)
  t.match(await cluster.devices(), { online: 1, offline: 0 }, 'one worker is there still, the other was removed')
})
