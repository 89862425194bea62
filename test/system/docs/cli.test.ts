import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { startCluster } from '../../start-cluster.ts'
import { commandLinesOf } from './page.ts'
import { makeShell } from './shell.ts'

const KEY = 'your-secret-key'

/** Lines that are run elsewhere, or that need what no machine of ours has. */
const elsewhere: readonly RegExp[] = [
  // They go on until somebody ends them: cli/monitor.
  /^retire-cluster (monitor|top)\b/,
  // They are for other shells: system/cli/shells.
  /completion (zsh|fish)/,
]

void t.test('every line of the page about the command line works as it stands', async (t) => {
  const cluster = await startCluster(t, {
    workers: 1,
    key: KEY,
    workerArgs: ['--allow', 'command,javascript', '--tags', 'lab', '--slots', '4'],
  })
  // Both with variables of nobody but the page's own `config set`.
  const data = { RETIRE_CLUSTER_DATA_DIR: cluster.nodeDirectory }
  const [here, there] = [makeShell(t, data, { at: 'home' }), makeShell(t, {}, { at: 'home' })]
  writeFileSync(join(here.home, 'job.json'), '{"command": ["uname"]}')
  for (const file of ['names.txt', 'photos/one.heic', 'photos/two.heic', 'texts/one.txt']) {
    mkdirSync(dirname(join(here.home, file)), { recursive: true })
    writeFileSync(join(here.home, file), file)
  }
  writeFileSync(join(here.home, 'messages.jsonl'), '{"message": "one"}\n{"message": "two"}\n')

  // What the lines speak of: a program that the device has, a task that failed, and a batch that was going on.
  const done = [
    await cluster.submit({ task_type: 'command', payload: { command: ['uname'] } }),
    await cluster.submit({ task_type: 'command', payload: { command: ['false'] } }),
  ]
  for (const { task_id } of done) await cluster.task(task_id, 30)
  const nap = { task_type: 'sleep', payload: { duration: 600 }, batch_id: 'nightly' }
  const [one, two] = [await cluster.submit(nap), await cluster.submit(nap)]

  const known: readonly (readonly [string, string])[] = [
    ['http://localhost:8081', cluster.url],
    ['ffmpeg', 'uname'],
    ['magick {in} -resize 1600 {out}', 'cp {in} {out}'],
    ['/media/usb', here.home],
    ['FINGERPRINT', 'x'.repeat(43)],
    ['task-def456', two.task_id],
    ['kitchen-tablet', 'worker-1'],
    ['--platform android', '--platform linux'],
  ]
  const putIn = (line: string) => {
    // The first is cancelled; what comes later is of a task that has ended.
    const task_id = line.includes('tasks cancel') ? one.task_id : (done[0]?.task_id ?? '')
    // A batch that a line takes up must not have the naps in it.
    const batch = /tasks (map|attach)/.test(line) ? 'nightly-two' : 'nightly'
    return [...known, ['task-abc123', task_id] as const, ['nightly', batch] as const].reduce(
      (text, [name, value]) => text.replace(name, value),
      line,
    )
  }
  /** What has to follow, so that the next lines find a cluster that works. */
  const afterwards = new Map([
    ['tasks retry --batch', 'retire-cluster tasks cancel --batch nightly'],
    ['devices drain', 'retire-cluster devices undrain --tag lab'],
  ])

  // Set once, the address and the pin of another API are those of all that follows.
  const isElsewhereSet = (line: string) => /config (set (api_url https|pin)|unset pin)/.test(line)
  for (const line of commandLinesOf('docs/cli.md')) {
    if (elsewhere.some((pattern) => pattern.test(line))) continue
    const { run } = isElsewhereSet(line) ? there : here
    await t.resolves(run(putIn(line)), line)
    for (const [part, next] of afterwards) if (line.includes(part)) await run(next)
  }
})
