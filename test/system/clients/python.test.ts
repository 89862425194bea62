import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { document, toEnd } from './generated.ts'

const program = `
import json
import sys

from retire_cluster_client import Client
from retire_cluster_client.api.tasks import cancel_task, get_task, list_tasks, submit_task
from retire_cluster_client.models import EchoPayload, EchoSubmission, SleepPayload, SleepSubmission

client = Client(base_url=sys.argv[1])
submitted = submit_task.sync(
    client=client, body=EchoSubmission(task_type="echo", payload=EchoPayload(message="typed", repeat=2)), wait=10
)
task_id = submitted.data.task_id
waited = get_task.sync(task_id, client=client, wait=5)
listed = list_tasks.sync(client=client)
sleeping = submit_task.sync(client=client, body=SleepSubmission(task_type="sleep", payload=SleepPayload(duration=60)))
cancelled = cancel_task.sync(sleeping.data.task_id, client=client)
print(json.dumps({
    "output": waited.data.task.result.output,
    "status": waited.data.task.status,
    "total": listed.data.total,
    "cancelled": cancelled.data.cancelled_task == sleeping.data.task_id,
}))
`

void t.test('a client of openapi-python-client installs, and works', async (t) => {
  const directory = t.testdir()
  await toEnd('python3', ['-m', 'venv', 'venv'], directory)
  const bin = (name: string) => join(directory, 'venv/bin', name)
  await toEnd(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', 'openapi-python-client'], directory)
  writeFileSync(
    join(directory, 'config.yml'),
    'project_name_override: retire-cluster-client\npackage_name_override: retire_cluster_client\n',
  )
  const env = { ...process.env, PATH: `${join(directory, 'venv/bin')}:${process.env.PATH ?? ''}` }
  const made = await toEnd(
    bin('openapi-python-client'),
    ['generate', '--path', document, '--config', 'config.yml', '--output-path', 'client', '--fail-on-warning'],
    directory,
    env,
  )
  t.notMatch(made, /warning/i, 'nothing of the document is beyond the generator')
  await toEnd(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', './client'], directory)
  writeFileSync(join(directory, 'program.py'), program)
  const cluster = await startCluster(t, { workers: 1 })
  const said = await toEnd(bin('python'), ['program.py', cluster.url], directory)
  t.same(JSON.parse(said), { output: 'typed\ntyped', status: 'completed', total: 1, cancelled: true })
})
