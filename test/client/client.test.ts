import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ApiError, ClusterClient, isApiError, type StreamedEvent, TaskFailedError } from '../../src/client/index.ts'
import { temporaryDirectory } from '../cli/programs.ts'
import { startCluster, until } from '../start-cluster.ts'

const KEY = 'key-of-the-client-test'

const started = async (t: Parameters<typeof startCluster>[0], more: Parameters<typeof startCluster>[1] = {}) => {
  const cluster = await startCluster(t, { key: KEY, args: ['--no-rate-limit'], ...more })
  return { cluster, client: new ClusterClient(cluster.url, { apiKey: KEY }) }
}

void t.test('the client against a live cluster', async (t) => {
  const { client, cluster } = await started(t, { workers: 2, workerArgs: ['--allow', 'command'] })

  await t.test('submit, wait, and read the result', async (t) => {
    const task = await client.tasks.submit('echo', { message: 'Hello', repeat: 2 })
    t.match(task.task_id, /^task-/)
    const done = await task.wait()
    t.equal(done.result?.output, 'Hello\nHello')
    t.match(await client.tasks.get(task.task_id), { status: 'completed', task_type: 'echo' })
    t.equal(await client.tasks.output(task.task_id), 'Hello\nHello')
  })

  await t.test('two submissions under one idempotency key make one task', async (t) => {
    const idempotencyKey = 'one-task'
    const [first, second] = await Promise.all([
      client.tasks.submit('echo', {}, { idempotencyKey }),
      client.tasks.submit('echo', {}, { idempotencyKey }),
    ])
    t.equal(first.task_id, second.task_id)
  })

  await t.test('files go in, and what comes of them comes out', async (t) => {
    const { sha256, bytes } = await client.artifacts.upload(new Blob(['b\na\n']))
    t.equal(bytes, 4)
    const { task_id } = await client.tasks.submit(
      'command',
      { command: ['sort', 'in.txt', '-o', 'out.txt'] },
      { inputs: [{ name: 'in.txt', sha256 }], outputs: ['out.txt'], batch_id: 'with-files' },
    )
    const { result } = await client.tasks.wait(task_id)
    const pieces: Uint8Array[] = []
    for await (const piece of client.artifacts.download(result?.artifacts?.[0]?.sha256 ?? '')) pieces.push(piece)
    t.equal(Buffer.concat(pieces).toString(), 'a\nb\n')
    t.match(await new Response(await client.tasks.batchArtifacts('with-files')).text(), `${task_id}/out.txt`)
    const absent = '0'.repeat(64)
    t.strictSame(await client.artifacts.missing([sha256, absent]), { missing: [absent], partial: [] })
    t.match(await client.artifacts.remove(sha256), { removed_artifact: sha256, bytes: 4 })
    t.strictSame((await client.artifacts.missing([sha256])).missing, [sha256])
  })

  await t.test('what a task prints comes while it runs', async (t) => {
    const gate = join(temporaryDirectory(t), 'gate')
    // It goes on once its first line has come.
    const command = ['sh', '-c', 'echo first; until [ -e "$0" ]; do sleep 0.1; done; echo second', gate]
    const { task_id } = await client.tasks.submit('command', { command })
    const pieces: string[] = []
    let early = false
    for await (const piece of client.tasks.followOutput(task_id)) {
      pieces.push(piece)
      early ||= (await client.tasks.get(task_id)).status === 'running'
      writeFileSync(gate, '')
    }
    t.equal(pieces.join(''), 'first\nsecond\n')
    t.ok(early, 'a piece came before the end')
  })

  await t.test('a task that fails rejects the wait, with the task', async (t) => {
    const task = await client.tasks.submit('command', { command: ['sh', '-c', 'exit 3'] })
    const error: unknown = await task.wait().catch((one: unknown) => one)
    t.type(error, TaskFailedError)
    t.match(error, { task: { task_id: task.task_id, result: { exit_code: 3 } } })
    const { new_task_id } = await client.tasks.retry(task.task_id)
    t.equal((await client.tasks.get(new_task_id)).original_task_id, task.task_id)
  })

  await t.test('a wait that is too short says so, and the task goes on', async (t) => {
    const task = await client.tasks.submit('sleep', { duration: 60 })
    await t.rejects(task.wait({ timeoutSeconds: 0.2 }), { name: 'TimeoutError' })
    t.match(await client.tasks.cancel(task.task_id), { cancelled_task: task.task_id })
    await t.rejects(task.wait(), { name: 'TaskFailedError', message: /was cancelled/ })
  })

  await t.test('errors bear code, details and request id', async (t) => {
    const error: unknown = await client.tasks.submit('ecko', {}).catch((one: unknown) => one)
    t.ok(isApiError(error, 'INVALID_TASK_TYPE'))
    if (!(error instanceof ApiError)) return
    t.match(error, { status: 400, details: { suggestion: 'echo' }, request_id: /^[0-9a-f-]{36}$/ })
    await t.rejects(new ClusterClient(cluster.url).devices.list(), { code: 'AUTHENTICATION_REQUIRED', status: 401 })
  })

  await t.test('listings are walked page after page', async (t) => {
    const names: string[] = []
    for await (const { id } of client.devices.iterate({ limit: 1 })) names.push(id)
    t.same(names, ['worker-1', 'worker-2'])
    const listed = new Set<string>()
    for await (const { task_id } of client.tasks.iterate({ limit: 2 })) listed.add(task_id)
    const { total } = await client.tasks.list({ limit: 1 })
    t.equal(listed.size, total)
    const lines: string[] = []
    for await (const { message } of client.logs.iterate({ limit: 3, level: 'info' })) lines.push(message)
    t.ok(lines.length > 3)
    const deeds = new Set<string>()
    for await (const entry of client.audit.iterate({ limit: 1, operation: 'submitTask' })) deeds.add(entry.operation)
    t.same([...deeds], ['submitTask'])
    t.equal((await client.audit.list({ limit: 1 })).entries.length, 1)
  })

  await t.test('map gives the ends in the order of the payloads', async (t) => {
    const payloads = Array.from({ length: 1203 }, (_, index) => ({ message: `item ${index}` }))
    const seen: number[] = []
    const tasks = await client.tasks.map('echo', payloads, { onProgress: ({ progress }) => void seen.push(progress) })
    t.same(
      tasks.map(({ result }) => result?.output),
      payloads.map(({ message }) => message),
    )
    t.equal(seen.at(-1), 100)
    t.same(await client.tasks.map('echo', []), [])
  })

  await t.test('aborting map cancels what has not ended', async (t) => {
    const controller = new AbortController()
    const payloads = Array.from({ length: 20 }, () => ({ duration: 60 }))
    const batch_id = 'aborted'
    const mapped = client.tasks.map('sleep', payloads, {
      batch_id,
      call: { signal: controller.signal },
      onProgress: () => controller.abort(new Error('Ctrl-C')),
    })
    await t.rejects(mapped, { message: 'Ctrl-C' })
    t.match(await client.tasks.batch(batch_id), { total: 20, cancelled: 20 })
  })

  await t.test('many are cancelled and retried by one call, and a placement says why', async (t) => {
    const payload = { duration: 60 }
    const tasks = [1, 2].map(() => ({ task_type: 'sleep', payload }))
    const { batch_id, task_ids } = await client.tasks.submitBatch({ tasks })
    t.equal((await client.tasks.placement(task_ids[0] ?? '')).devices.length, 2)
    t.match(await client.tasks.cancelMany({ batch_id }), { changed: 2 })
    t.match(await client.tasks.retryMany({ task_ids }), { changed: 2 })
  })

  await t.test('keys are made and revoked', async (t) => {
    const { key, secret } = await client.keys.create({ name: 'reader', scopes: ['read'] })
    const reader = new ClusterClient(cluster.url, { apiKey: secret })
    t.match(await reader.cluster.status(), { cluster_stats: { total_devices: 2 } })
    await t.rejects(reader.tasks.submit('echo', {}), { code: 'PERMISSION_DENIED' })
    t.ok((await client.keys.list()).some(({ id }) => id === key.id))
    await client.keys.remove(key.id)
    await t.rejects(reader.cluster.status(), { code: 'AUTHENTICATION_REQUIRED' })
  })

  await t.test('devices, config, figures', async (t) => {
    t.match(await client.devices.update('worker-1', { display_name: 'Kitchen tablet' }), { id: 'worker-1' })
    t.match(await client.devices.ping('worker-1'), { ping_results: { reachable: true } })
    await client.config.update({ cluster: { heartbeat_interval: 20 } })
    t.match(await client.config.get(), { cluster: { heartbeat_interval: 20 } })
    t.match(await client.cluster.status(), { cluster_stats: { total_devices: 2 } })
    t.ok((await client.stats.tasks({ period: '1h' })).total_tasks > 1200)
    t.ok((await client.tasks.types()).some(({ task_type }) => task_type === 'command'))
  })
})

void t.test('a stream and a wait live through a kill -9 of the server, without a gap or a repeat', async (t) => {
  const { client, cluster } = await started(t)
  const events: StreamedEvent[] = []
  const streamed = (async () => {
    for await (const event of client.monitor.stream(['tasks'])) {
      events.push(event)
      if ('batch_id' in event && event.batch_id === 'the-end') return
    }
  })()
  // The stream begins with what happens once it is open.
  const poke = setInterval(() => void client.tasks.submit('echo', {}).catch(() => undefined), 50)
  await until('the stream is open', () => Promise.resolve(events.length > 0 || undefined))
  clearInterval(poke)

  const sleeper = await client.tasks.submit('sleep', { duration: 3 }, { batch_id: 'sent' })
  const sent = new Set([sleeper.task_id])
  for (let number = 1; number < 40; number += 1) {
    if (number === 20) await cluster.killServer()
    sent.add((await client.tasks.submit('echo', {}, { batch_id: 'sent' })).task_id)
  }
  await sleeper.wait()
  await client.tasks.submit('echo', {}, { batch_id: 'the-end' })
  await streamed

  const created = events.flatMap((event) => (event.type === 'task_created' ? [event.task_id] : []))
  t.equal(new Set(events.map(({ id }) => id)).size, events.length, 'no event came twice')
  t.same(
    created.filter((id) => sent.has(id)),
    [...sent],
    'each submission was told of, once, in its order',
  )
  t.equal((await client.tasks.batch('sent')).total, 40, 'no submission was doubled by the kill')
})
