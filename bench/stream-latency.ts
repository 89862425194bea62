/**
 * How long it takes from the request that changes something to the event of the change at a client of the monitor stream, here
 * `curl -N`. Against a server that does nothing else, without keys:
 *
 *     npm start
 *     node bench/stream-latency.ts [URL]
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { MonitorEvent, Success, TaskSubmitted } from '../schemas/index.ts'

const SAMPLES = 30
const PREFIX = 'data: '

const url = process.argv[2] ?? 'http://127.0.0.1:8081'
const curl = spawn('curl', ['-sN', '--fail', `${url}/api/v1/monitor/stream?types=tasks`], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = createInterface({ input: curl.stdout })[Symbol.asyncIterator]()

/** The task of the next `task_created`, and when curl had written it. */
const nextCreated = async (): Promise<{ task_id: string; atMs: number }> => {
  for (;;) {
    const { done, value } = await lines.next()
    if (done === true) throw new Error('the stream has ended; is the server up, without keys?')
    if (!value.startsWith(PREFIX)) continue
    const event = JSON.parse(value.slice(PREFIX.length)) as MonitorEvent
    if (event.type === 'task_created') return { task_id: event.task_id, atMs: performance.now() }
  }
}

const submit = async (): Promise<string> => {
  const response = await fetch(`${url}/api/v1/tasks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ task_type: 'echo', payload: {} }),
  })
  if (!response.ok) throw new Error(await response.text())
  return ((await response.json()) as Success<TaskSubmitted>).data.task_id
}

const measure = async (): Promise<number> => {
  const startMs = performance.now()
  const [submitted, { task_id, atMs }] = await Promise.all([submit(), nextCreated()])
  if (task_id !== submitted) throw new Error('somebody else submits tasks to this server')
  return atMs - startMs
}

// The stream sends a comment once it is open. The first request opens the connection, and does not count.
await lines.next()
await measure()
const samples: number[] = []
while (samples.length < SAMPLES) samples.push(await measure())
curl.kill()

const sorted = samples.toSorted((one, other) => one - other)
const ms = (value = NaN) => `${value.toFixed(1)} ms`
process.stdout.write(
  `${SAMPLES} samples: median ${ms(sorted[SAMPLES / 2])}, max ${ms(sorted.at(-1))}, min ${ms(sorted[0])}\n`,
)
