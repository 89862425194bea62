import { PassThrough, Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { settle } from '../fake-clock.ts'
import { createWorld, type FakeDevice, helloOf, type World } from '../world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const withFiles = { offer: { ...helloOf().offer, task_types: ['command'], allow: ['command' as const], files: true } }

const bodyOf = (content: string) => Readable.from([Buffer.from(content)], { objectMode: false })
const store = (world: World, content: string) =>
  world.node.cluster.artifacts.store({ sha256: null, offset: 0, body: bodyOf(content) })

/** Begins to store a file whose hash has this digit alone, and breaks off behind `content`. Returns the hash. */
const breakOff = async (world: World, digit: string, content: string) => {
  const sha256 = digit.repeat(64)
  const pieces = function* () {
    yield Buffer.from(content)
    throw new Error('the client is gone')
  }
  const body = Readable.from(pieces(), { objectMode: false })
  await world.node.cluster.artifacts.store({ sha256, offset: 0, body }).then(
    () => {
      throw new Error('it did not break off')
    },
    () => undefined,
  )
  return sha256
}

const submit = async (world: World, change: object) => {
  const submission = { task_type: 'command', payload: { command: ['true'] }, ...change }
  return (await world.node.cluster.tasks.submit({ submission, wait: 0 })).task_id
}
const takes = (sha256: string) => ({ inputs: [{ name: 'in', sha256 }] })

/** Ends the only run of a device. */
const end = async (device: FakeDevice) => {
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.finish(run)
}

void t.test('a file goes once nobody has used it for files.days, looked at by the hour', async (t) => {
  const world = await createWorld(t, { files: { days: 1 } })
  const old = world.files.put('old')
  await world.clock.stall(HOUR_MS)
  const asked = world.files.put('asked for')
  await world.clock.stall(DAY_MS - HOUR_MS)
  t.strictSame(world.files.hashes, [old, asked])
  await world.node.cluster.artifacts.missing({ sha256: [asked] })
  await world.clock.stall(HOUR_MS)
  t.strictSame(world.files.hashes, [asked])
  await world.clock.stall(DAY_MS - HOUR_MS)
  t.strictSame(world.files.hashes, [asked])
  await world.clock.stall(HOUR_MS)
  t.strictSame(world.files.hashes, [])
})

void t.test(
  'what an unfinished task takes stays, and so does what its batch names, however long that takes',
  async (t) => {
    const world = await createWorld(t, { files: { days: 1 } })
    const inputs = ['first', 'second'].map(world.files.put)
    const other = world.files.put('other')
    for (const sha256 of inputs) await submit(world, { batch_id: 'batch-1', ...takes(sha256) })
    const device = await world.connect(withFiles)
    await end(device)
    await device.drop()
    await world.clock.stall(3 * DAY_MS)
    t.strictSame(world.files.hashes, inputs, `${other} alone is gone: the batch is unfinished`)
    const again = await world.connect({ ...withFiles, credential: device.credential })
    await end(again)
    await world.clock.stall(DAY_MS - HOUR_MS)
    t.strictSame(world.files.hashes, inputs, 'and a day after its end')
    await world.clock.stall(2 * HOUR_MS)
    t.strictSame(world.files.hashes, [])
  },
)

void t.test(
  'where room is needed, what was used longest ago goes first, and never what unfinished tasks name',
  async (t) => {
    const world = await createWorld(t, { files: { max_size: '1KB' } })
    const names: Record<string, string> = {}
    for (const name of ['a', 'b', 'c']) {
      names[name] = (await store(world, name.repeat(300))).sha256
      await world.clock.advance(1000)
    }
    await submit(world, takes(names.a ?? ''))
    await world.clock.advance(1000)
    await world.node.cluster.artifacts.get({ sha256: names.b ?? '' })
    await world.clock.advance(1000)
    const d = await store(world, 'd'.repeat(300))
    t.same(
      new Set(world.files.hashes),
      new Set([names.a, names.b, d.sha256]),
      'c was used longest ago of those that may go',
    )
    await submit(world, takes(names.b ?? ''))
    await submit(world, takes(d.sha256))
    await t.rejects(store(world, 'e'.repeat(300)), { code: 'STORAGE_FULL' })
    t.same(new Set(world.files.hashes), new Set([names.a, names.b, d.sha256]))
    t.equal((await store(world, 'd'.repeat(300))).sha256, d.sha256, 'what is here needs no room')
  },
)

void t.test('files take no larger share of their disk than they may, and a smaller one acts at once', async (t) => {
  const world = await createWorld(t)
  world.files.disk = { total: 1000, free: 1000 }
  const first = await store(world, '1'.repeat(300))
  await world.clock.advance(1000)
  const second = await store(world, '2'.repeat(200))
  t.strictSame(world.files.hashes, [first.sha256, second.sha256], 'half of it by default')
  await world.clock.advance(1000)
  const third = await store(world, '3')
  t.strictSame(world.files.hashes, [second.sha256, third.sha256])
  await world.node.cluster.config.update({ patch: { files: { max_disk_percent: 10 } }, expected_tag: null })
  await world.clock.advance(1)
  t.strictSame(world.files.hashes, [third.sha256])
})

void t.test('beginnings that nobody goes on with for a day are removed', async (t) => {
  const world = await createWorld(t)
  const sha256 = await breakOff(world, 'f', 'begun')
  await world.clock.stall(DAY_MS)
  t.equal(await world.files.partial(sha256), 5)
  await world.clock.stall(HOUR_MS)
  t.equal(await world.files.partial(sha256), 0)
})

void t.test('beginnings count too, and those that nobody goes on with make room before any file does', async (t) => {
  const world = await createWorld(t, { files: { max_size: '1KB' } })
  const old = await store(world, 'a'.repeat(300))
  await world.clock.advance(1000)
  const begun: string[] = []
  for (const digit of ['1', '2', '3']) {
    begun.push(await breakOff(world, digit, digit.repeat(300)))
    await world.clock.advance(1000)
  }
  const next = await store(world, 'b'.repeat(300))
  t.strictSame(world.files.hashes, [old.sha256, next.sha256])
  const left = await Promise.all(begun.map((sha256) => world.files.partial(sha256)))
  t.strictSame(left, [0, 0, 300], 'the oldest first, and no more than is needed')
})

void t.test('a file that is used between the look at it and its removal stays', async (t) => {
  const world = await createWorld(t, { files: { days: 1 } })
  const sha256 = world.files.put('old')
  await world.clock.stall(DAY_MS)
  const { namedSince } = world.store
  world.store.namedSince = async (...asked) => {
    world.store.namedSince = namedSince
    await submit(world, takes(sha256))
    return namedSince(...asked).then(() => [])
  }
  await world.clock.stall(HOUR_MS)
  t.strictSame(world.files.hashes, [sha256])
})

void t.test('a refused writing takes nothing away that was there, nor what an unfinished batch names', async (t) => {
  const world = await createWorld(t)
  world.files.disk = { total: 2000, free: 2000 }
  const content = 'a'.repeat(300)
  const { sha256 } = await store(world, content)
  const other = await store(world, 'b'.repeat(600))
  await submit(world, { batch_id: 'batch-1', ...takes(sha256) })
  await submit(world, { batch_id: 'batch-1', ...takes(other.sha256) })
  await end(await world.connect(withFiles))

  const slowly = () => {
    const body = new PassThrough()
    return { body, storing: world.node.cluster.artifacts.store({ sha256: null, offset: 0, body }) }
  }
  const again = slowly()
  await settle()
  world.files.disk = { total: 1000, free: 1000 }
  again.body.end(content)
  t.match(await again.storing, { sha256 }, 'it takes no more room than before')
  t.same(new Set(world.files.hashes), new Set([sha256, other.sha256]))

  world.files.disk = { total: 2000, free: 2000 }
  await world.node.cluster.artifacts.remove({ sha256 })
  const anew = slowly()
  const unnamed = slowly()
  await settle()
  world.files.disk = { total: 1000, free: 1000 }
  anew.body.end(content)
  t.match(await anew.storing, { sha256 }, 'an unfinished batch names it')
  unnamed.body.end('c')
  await t.rejects(unnamed.storing, { code: 'STORAGE_FULL' })
  t.same(new Set(world.files.hashes), new Set([sha256, other.sha256]))
})

/** A world in which 900 of 1000 bytes are of files that unfinished tasks take. */
const crowded = async (t: Test) => {
  const world = await createWorld(t, { files: { max_size: '1KB' } })
  const files: string[] = []
  for (const letter of ['a', 'b', 'c']) {
    const { sha256 } = await store(world, letter.repeat(300))
    files.push(sha256)
    await submit(world, takes(sha256))
  }
  const looks = { count: 0 }
  const { list } = world.files
  world.files.list = () => {
    looks.count += 1
    return list()
  }
  return { world, files, looks }
}
const full = { code: 'STORAGE_FULL' }

void t.test(
  'that files have no room is told in the health, and once in the log, and so is that they have again',
  async (t) => {
    const { world } = await crowded(t)
    const { cluster } = world.node
    const told = async () => {
      const { logs } = await cluster.logs.list({ component: 'store' })
      return logs.map(({ level, message }) => `${level}: ${message}`)
    }
    const health = async () => (await cluster.health()).checks.files
    t.strictSame(await health(), { status: 'healthy', storage_full: false })
    for (const letter of ['d', 'e']) await t.rejects(store(world, letter.repeat(300)), full)
    await store(world, 'a small one')
    t.match(await cluster.health(), { overall_health: 'unhealthy' })
    t.strictSame(await health(), { status: 'unhealthy', storage_full: true }, 'what was refused would be again')
    t.match(await told(), [/^warning: files have no room/])
    await world.clock.advance(HOUR_MS)
    t.match(await told(), [/^warning: files have no room/])

    await end(await world.connect(withFiles))
    await world.clock.advance(5 * 60_000)
    t.strictSame(await health(), { status: 'healthy', storage_full: false }, 'by itself')
    t.match(await told(), [/^info: files have room again/, /^warning: files have no room/])
    await store(world, 'd'.repeat(300))
  },
)

void t.test('a task that waits for a slot is told where files have no room, which keeps slots taken', async (t) => {
  const { world } = await crowded(t)
  const { tasks } = world.node.cluster
  const device = await world.connect({ offer: { ...withFiles.offer, slots: 1 } })
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  const waiting = async () => {
    const { tasks: all } = await tasks.list({ status: 'pending' })
    return all.find(({ device_id }) => device_id === null)?.pending_reason
  }
  const given = async () => (await tasks.get({ task_id: run.task_id, wait: 0 })).pending_reason
  t.match(await given(), { code: 'assigned', message: /: it fetches the inputs first\.$/ })
  const busy = 'All devices that could run it are busy. It gets the next free slot that fits.'
  t.strictSame(await waiting(), { code: 'devices_busy', message: busy })
  await t.rejects(store(world, 'd'.repeat(300)), full)
  t.match(await waiting(), { code: 'devices_busy', message: /^All .* fits\. The cluster has no room for files: / })
})

void t.test('a disk that is full tells so too', async (t) => {
  const world = await createWorld(t)
  const { cluster } = world.node
  world.files.disk = { total: 100_000, free: 10 }
  await t.rejects(store(world, 'a'.repeat(300)), full)
  t.match(await cluster.health(), { checks: { files: { storage_full: true } } })
  world.files.disk = { total: 100_000, free: 1000 }
  await world.clock.advance(5 * 60_000)
  t.match(await cluster.health(), { checks: { files: { storage_full: false } } })
})

void t.test('who is refused at a time is so by one look at the files', async (t) => {
  const { world, files, looks } = await crowded(t)
  const refused = (letter: string) => t.rejects(store(world, letter.repeat(300)), full)
  await Promise.all(['d', 'e', 'f', 'g'].map(refused))
  await refused('h')
  t.equal(looks.count, 1)
  await world.clock.advance(5000)
  await refused('i')
  t.equal(looks.count, 2, 'after a while another one is worth while')

  await end(await world.connect(withFiles))
  await world.node.cluster.artifacts.remove({ sha256: files[0] ?? '' })
  await store(world, 'j'.repeat(300))
  t.equal(looks.count, 3, 'and where something has changed')
})
