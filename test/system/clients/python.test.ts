import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { document, toEnd } from './generated.ts'

const KEY = 'key-of-the-python-client'

const program = `
import json
import sys
from typing import TypeVar

from retire_cluster_client import AuthenticatedClient
from retire_cluster_client.api.tasks import cancel_task, get_task, list_tasks, submit_task
from retire_cluster_client.models import (
    EchoPayload,
    EchoSubmission,
    SleepPayload,
    SleepSubmission,
    TaskAnswer,
    TaskCancellationAnswer,
    TaskListAnswer,
    TaskResult,
    TaskSubmittedAnswer,
)

Expected = TypeVar("Expected")


def expect(kind: type[Expected], answer: object) -> Expected:
    if not isinstance(answer, kind):
        raise SystemExit(f"no {kind.__name__}: {answer}")
    return answer


client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
echo = EchoSubmission(task_type="echo", payload=EchoPayload(message="typed", repeat=2))
submitted = expect(TaskSubmittedAnswer, submit_task.sync(client=client, body=echo, wait=60))
waited = expect(TaskAnswer, get_task.sync(submitted.data.task_id, client=client, wait=60))
listed = expect(TaskListAnswer, list_tasks.sync(client=client))
sleep = SleepSubmission(task_type="sleep", payload=SleepPayload(duration=60))
sleeping = expect(TaskSubmittedAnswer, submit_task.sync(client=client, body=sleep))
cancelled = expect(TaskCancellationAnswer, cancel_task.sync(sleeping.data.task_id, client=client))
print(json.dumps({
    "output": expect(TaskResult, waited.data.task.result).output,
    "status": waited.data.task.status,
    "total": listed.data.total,
    "cancelled": cancelled.data.cancelled_task == sleeping.data.task_id,
}))
`

// Media types that the generator does not know are bytes to it where its config says so.
const config = `
project_name_override: retire-cluster-client
package_name_override: retire_cluster_client
content_type_overrides:
  application/x-tar: application/octet-stream
`

void t.test('a client of openapi-python-client passes mypy --strict, and works', async (t) => {
  const directory = t.testdir()
  await toEnd('python3', ['-m', 'venv', 'venv'], directory)
  const bin = (name: string) => join(directory, 'venv/bin', name)
  const install = (...what: string[]) =>
    toEnd(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', ...what], directory)
  await install('-r', join(import.meta.dirname, 'requirements.txt'))
  writeFileSync(join(directory, 'config.yml'), config)
  const env = { ...process.env, PATH: `${join(directory, 'venv/bin')}:${process.env.PATH ?? ''}` }
  const made = await toEnd(
    bin('openapi-python-client'),
    ['generate', '--path', document, '--config', 'config.yml', '--output-path', 'client', '--fail-on-warning'],
    directory,
    env,
  )
  t.notMatch(made, /warning/i, 'nothing of the document is beyond the generator')
  await install('./client')
  writeFileSync(join(directory, 'program.py'), program)
  await toEnd(bin('mypy'), ['--strict', '-m', 'program', '-p', 'retire_cluster_client'], directory)
  const cluster = await startCluster(t, { workers: 1, key: KEY })
  const said = await toEnd(bin('python'), ['program.py', cluster.url, KEY], directory)
  t.same(JSON.parse(said), { output: 'typed\ntyped', status: 'completed', total: 1, cancelled: true })
})
