import t from 'tap'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster } from '../start-cluster.ts'
import { clientOf } from './run-world.ts'

const SORT = JSON.stringify({ command: ['sh', '-c', 'sort names.txt > sorted.txt; wc -l < names.txt > count.txt'] })

void t.test('files of one task', async (t) => {
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'command'] })
  const { directory, out, run } = clientOf(t, cluster)
  const list = join(directory, 'list')
  writeFileSync(list, 'b\na\n')
  const submit = (...more: string[]) =>
    run(['tasks', 'submit', 'command', '--payload', SORT, '--input-file', `${list}:names.txt`, ...more])
  const leaving = ['--output-file', 'sorted.txt', '--output-file', 'count.txt']

  await t.test('go in by tasks submit, and come out where it waits', async (t) => {
    const { code, stderr } = await submit(...leaving, '--wait', '--out', out)
    t.equal(code, 0, stderr)
    t.match(stderr, '1 of 1 file uploaded (4 B).')
    t.strictSame(readdirSync(out).toSorted(), ['count.txt', 'sorted.txt'])
    t.equal(readFileSync(join(out, 'sorted.txt'), 'utf8'), 'a\nb\n')
  })

  await t.test('come out later by tasks fetch, which replaces nothing', async (t) => {
    const submitted = await submit(...leaving, '-q')
    t.match(submitted.stderr, '0 of 1 file uploaded (0 B); the rest is there.')
    const id = submitted.stdout.trim()
    t.match(await run(['tasks', 'wait', id]), { code: 0 })
    const folder = join(directory, 'fetched')
    mkdirSync(folder)
    writeFileSync(join(folder, 'sorted.txt'), 'mine')
    const fetch = ['tasks', 'fetch', id, '--out', folder]
    t.match(await run(fetch), { code: 4, stderr: /1 file written, 0 there already, 1 not written/ })
    t.equal(readFileSync(join(folder, 'sorted.txt'), 'utf8'), 'mine')
    t.match(await run([...fetch, '--overwrite']), { code: 0, stderr: /1 file written, 1 there already/ })
    t.equal(readFileSync(join(folder, 'sorted.txt'), 'utf8'), 'a\nb\n')
  })

  await t.test('are there of no task that has not completed, and tasks fetch says so', async (t) => {
    const fetched = (task_id: string) => run(['tasks', 'fetch', task_id, '--out', join(directory, 'none')])
    const task = { task_type: 'command', outputs: ['log.txt'] }
    const running = await cluster.submit({ ...task, payload: { command: ['sleep', '60'] } })
    t.match(await fetched(running.task_id), { code: 1, stderr: /is (pending|running): .*tasks wait task-/ })
    await cluster.call('DELETE', `/api/v1/tasks/${running.task_id}`)
    const failing = await cluster.submit({ ...task, payload: { command: ['false'] } })
    await cluster.task(failing.task_id, 30)
    t.match(await fetched(failing.task_id), { code: 4, stderr: /has failed, and left no files/ })
    t.notOk(existsSync(join(directory, 'none')))
  })

  await t.test('go in by tasks map, the same for each of its tasks', async (t) => {
    const payloads = join(directory, 'payloads')
    const heads = [1, 2].map((count) => JSON.stringify({ command: ['head', '-n', `${count}`, 'names.txt'] }))
    writeFileSync(payloads, heads.join('\n'))
    const { code, stdout, stderr } = await run(['tasks', 'map', 'command', '--input-file', `${list}:names.txt`, '--each', payloads]) // prettier-ignore
    t.equal(code, 0, stderr)
    const ends = stdout.trim().split('\n')
    t.strictSame(
      ends.map((line) => (JSON.parse(line) as { result: { output: string } }).result.output),
      ['b\n', 'b\na\n'],
    )
  })

  await t.test('of a batch stand in a folder for each task', async (t) => {
    const task = {
      task_type: 'command',
      payload: { command: ['sh', '-c', 'echo done > log.txt'] },
      outputs: ['log.txt'],
    }
    const { task_id } = await cluster.submit({ ...task, batch_id: 'logs' })
    t.match(await run(['tasks', 'attach', 'logs', '--out', join(directory, 'logs')]), { code: 0 })
    t.equal(readFileSync(join(directory, 'logs', task_id, 'log.txt'), 'utf8'), 'done\n')
  })

  await t.test('are never written where the metadata of a task would have them', async (t) => {
    const folder = join(directory, 'hostile')
    const elsewhere = join(directory, 'elsewhere')
    mkdirSync(folder)
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, join(folder, 'link'))
    const task = { task_type: 'command', payload: { command: ['sh', '-c', 'echo bad > x'] }, outputs: ['x'] }
    for (const name of ['../elsewhere/x', `${elsewhere}/x`, 'link/x', 'a\nb'])
      await cluster.submit({ ...task, batch_id: 'hostile', metadata: { file: name, out: name } })
    const { code, stderr } = await run(['tasks', 'attach', 'hostile', '--out', folder])
    t.equal(code, 4)
    t.match(stderr, '3 × not written: its name is none that a file can have here')
    t.match(stderr, /1 × not written: .* is no directory/)
    t.strictSame(readdirSync(elsewhere), [])
    t.strictSame(readdirSync(folder), ['link'])
  })

  await t.test('are asked for in a way that makes sense', async (t) => {
    const refused = async (args: readonly string[], why: RegExp) => t.match(await run(args), { code: 2, stderr: why })
    await refused(['tasks', 'submit', 'command', '--out', out], /--wait/)
    await refused(['tasks', 'submit', 'command', '--input-file', `${list}:../x`], /is no name of a file of a task/)
    await refused(['tasks', 'submit', 'command', '--input-file', `${list}.no`], /cannot be read \(ENOENT\)/)
    await refused(['tasks', 'fetch', '--out', out], /Name a task, or a batch/)
    await refused(['tasks', 'fetch', 'task-x'], /--out DIR/)
  })
})
