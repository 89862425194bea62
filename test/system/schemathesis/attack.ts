/** A run of schemathesis: what it finds there, what it is told, and what it says. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { BatchSubmitted } from '../../../schemas/index.ts'
import type { Answer } from '../../start-cluster.ts'
import { toEnd } from '../clients/generated.ts'

/** The one key of the cluster. */
export const KEY = 'key-of-schemathesis'

/** Flags of its workers, `worker-1` and `worker-2`: tasks that sleep for hours take slots; others should be done meanwhile. */
export const WORKER_FLAGS = ['--slots', '64'] as const

/** The cluster that is asked. */
export type Attacked = {
  readonly url: string
  call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>>
}

const directory = import.meta.dirname

/** Installs schemathesis. Returns where it is. */
const installed = async (venv: string): Promise<string> => {
  await toEnd('python3', ['-m', 'venv', venv], directory)
  const requirements = ['-r', join(directory, 'requirements.txt')]
  await toEnd(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements], directory)
  return join(venv, 'bin/schemathesis')
}

/** Makes what schemathesis.toml speaks of beside two devices: tasks that wait for ever, one that was cancelled, and a batch. */
const setScene = async ({
  url,
  call,
}: Attacked): Promise<{ inBatch: string[]; pending: string[]; cancelled: string }> => {
  const waiting = {
    task_type: 'echo',
    payload: {},
    requirements: { min_cpu_cores: 65_536 },
    queue_if_unavailable: true,
  }
  const submit = async (batch_id: string, length: number) => {
    const tasks = Array.from({ length }, () => waiting)
    return (await call<BatchSubmitted>('POST', '/api/v1/tasks/batch', { batch_id, tasks })).data.task_ids
  }
  const inBatch = await submit('a-batch', 10)
  const [cancelled = '', ...pending] = await submit('one-by-one', 101)
  await call('DELETE', `/api/v1/tasks/${cancelled}`)
  const headers = { 'X-API-Key': KEY }
  await fetch(`${url}/api/v1/artifacts`, { method: 'POST', body: 'hello', headers })
  return { inBatch, pending, cancelled }
}

/** Its phases, as its command line calls them. */
const PHASES = ['examples', 'coverage', 'fuzzing', 'stateful'] as const

/** What is otherwise than in schemathesis.toml. */
export type Shorter = { readonly phases?: readonly (typeof PHASES)[number][]; readonly maxExamples?: number }

/** Runs it with all its checks. Resolves with how many cases have passed. */
export const attack = async (
  t: Test,
  cluster: Attacked,
  { phases = PHASES, maxExamples }: Shorter = {},
): Promise<number> => {
  const examples = maxExamples === undefined ? [] : ['--max-examples', `${maxExamples}`]
  const flags = ['--phases', phases.join(), ...examples]
  const workplace = t.testdir()
  const schemathesis = await installed(join(workplace, 'venv'))
  const { inBatch, pending, cancelled } = await setScene(cluster)
  const dictionary = (name: string, ids: readonly string[]) =>
    writeFileSync(join(workplace, name), ids.map((id) => `"${id}"\n`).join(''))
  dictionary('tasks-of-the-batch.dict', inBatch)
  dictionary('pending-tasks.dict', pending)
  dictionary('cancelled-tasks.dict', [cancelled])
  const config = join(workplace, 'schemathesis.toml')
  copyFileSync(join(directory, 'schemathesis.toml'), config)

  // Ends with an error where anything is found. All checks are on, unless the configuration says otherwise.
  const run = ['--config-file', config, 'run', `${cluster.url}/openapi.json`, '--no-color', ...flags]
  const said = await toEnd(schemathesis, run, workplace, {
    ...process.env,
    SCHEMATHESIS_API_KEY: KEY,
    PYTHONPATH: directory,
    PYTHONDONTWRITEBYTECODE: '1',
    // tap sets it, and a progress bar would be drawn into the report.
    FORCE_COLOR: undefined,
  })
  for (const phase of phases) t.match(said, new RegExp(`✅ {1,2}${phase}`, 'i'), `${phase} has run`)
  const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(said) ?? []
  t.comment(`${passed} of ${generated} cases have passed`)
  return Number(passed)
}
