import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { AttemptRef, FinishedParams } from '../../../schemas/link.ts'
import { attemptName } from '../../../src/worker/attempts.ts'
import { createOutgoing } from '../../../src/worker/files/outgoing.ts'
import { finished, type Owner, ref } from '../world.ts'
import { hashed } from './file-node.ts'
import { filesWorld, problemOf } from './files-world.ts'

const LARGE = Buffer.alloc(3_000_000, 'a film ')

const world = async (t: Owner) => {
  const files = await filesWorld(t)
  const { node, spool, nodeFiles, signal, log } = files
  const sent: FinishedParams[] = []
  const kept: FinishedParams[] = []
  /** What the node has when it is told of the end. */
  const stored: string[][] = []
  const refusals: true[] = []
  /** The next end does not reach the node. */
  const refuse = () => refusals.push(true)
  const send = createOutgoing({
    node: nodeFiles,
    spool,
    outbox: { add: (end) => Promise.resolve(void kept.push(end)) },
    send: (end) => {
      if (refusals.pop() !== undefined) return Promise.reject(new Error('the node is away'))
      stored.push([...node.files.keys()])
      sent.push(end)
      return Promise.resolve()
    },
    signal,
    clock: files.clock,
    log,
  })
  const left = (attempt: AttemptRef, ...contents: (Buffer | string)[]): FinishedParams => {
    // The spool knows of it at once, and its directory is there below.
    void spool.open(attemptName(attempt))
    const artifacts = contents.map((content, index) => {
      const sha256 = hashed(content)
      const path = spool.pathOf(attempt, sha256)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return { name: `file-${index}`, sha256, bytes: content.length }
    })
    const end = finished()
    return { ...end, ...attempt, result: end.result && { ...end.result, artifacts } }
  }
  const bearing = (...contents: (Buffer | string)[]) => left(ref(), ...contents)
  const isSpooled = () => existsSync(join(files.dataDir, 'outputs', attemptName(ref())))
  return { ...files, send, sent, kept, stored, refuse, left, bearing, isSpooled }
}

void t.test('the node has all files before it hears of the end, and the device lets go of them after', async (t) => {
  const { send, sent, stored, bearing, isSpooled } = await world(t)
  const end = bearing('one', LARGE, '')
  await send(end)
  t.strictSame(stored, [[hashed('one'), hashed(LARGE), hashed('')]])
  t.strictSame(sent, [end])
  t.notOk(isSpooled())
})

void t.test('what the node has is not sent again', async (t) => {
  const { node, send, bearing } = await world(t)
  node.add('one')
  await send(bearing('one'))
  t.strictSame(node.asked, [`HEAD ${hashed('one').slice(0, 8)}`])
})

void t.test('an upload that broke goes on where it was, and the end waits for it', async (t) => {
  const { node, send, sent, bearing, isSpooled } = await world(t)
  const end = bearing(LARGE)
  node.faults.push({ status: 404 }, { breaksAfter: 1_000_000 })
  await t.rejects(send(end))
  t.strictSame(sent, [])
  t.ok(isSpooled())
  await send(end)
  t.match(node.asked.at(-1), /^PUT [0-9a-f]{8} offset=[1-9]\d{5,}$/)
  t.ok(node.files.get(hashed(LARGE))?.equals(LARGE))
  t.strictSame(sent, [end])
})

void t.test('a node without room, or one that counts otherwise, is tried again', async (t) => {
  const { node, send, sent, bearing } = await world(t)
  const end = bearing('one')
  for (const status of [507, 409, 503]) {
    node.faults.push({ status: 404 }, { status })
    await t.rejects(send(end), `${status}`)
  }
  t.strictSame(sent, [])
  await send(end)
  t.strictSame(sent, [end])
})

const MINUTE_MS = 60_000

void t.test('a node that has no room for half an hour lets the task fail, and the device go on', async (t) => {
  const { clock, node, send, sent, kept, bearing, isSpooled } = await world(t)
  const end = bearing('one')
  const refuse = async () => {
    node.faults.push({ status: 404 }, { status: 507 })
    await send(end)
  }
  await t.rejects(refuse())
  await clock.stall(29 * MINUTE_MS)
  await t.rejects(refuse())
  node.faults.push({ status: 503 })
  await t.rejects(send(end), 'a node that cannot say has not said otherwise')
  t.strictSame([sent, kept], [[], []])
  await clock.stall(MINUTE_MS)
  await refuse()
  const failure = {
    outcome: 'failed',
    error: { code: 'TASK_ERROR', message: 'The cluster has no room for its outputs.' },
    result: { output: 'hello', artifacts: undefined },
  }
  t.match(sent, [failure])
  t.match(kept, [failure])
  t.notOk(isSpooled())
})

void t.test('a node that took one of its files meanwhile has as long again for the next', async (t) => {
  const { clock, node, send, sent, bearing } = await world(t)
  const end = bearing('one', 'two')
  const full = [{ status: 404 }, { status: 507 }]
  node.faults.push(...full)
  await t.rejects(send(end))
  await clock.stall(29 * MINUTE_MS)
  node.faults.push({ status: 404 }, { breaksAfter: Infinity }, ...full)
  await t.rejects(send(end))
  t.strictSame([...node.files.keys()], [hashed('one')])
  await clock.stall(29 * MINUTE_MS)
  node.faults.push({ status: 200 }, ...full)
  await t.rejects(send(end))
  await clock.stall(MINUTE_MS)
  node.faults.push({ status: 200 }, ...full)
  await send(end)
  t.match(sent, [{ outcome: 'failed' }], 'what it had before is no sign of room')
})

void t.test('a node that does not want the files may not want the end either: it is told, and says so', async (t) => {
  const { node, send, sent, bearing } = await world(t)
  node.faults.push({ status: 403 })
  const end = bearing('one')
  await send(end)
  t.strictSame(sent, [end])
})

void t.test('a file that the node will never take makes the task fail, in a sentence that names it', async (t) => {
  const { node, send, sent, kept, bearing, isSpooled } = await world(t)
  node.faults.push({ status: 404 }, { status: 413 })
  await send(bearing('one'))
  const failure = {
    outcome: 'failed',
    error: { code: 'TASK_ERROR', message: 'The output file-0 is larger than the cluster takes.' },
    result: { output: 'hello', artifacts: undefined },
  }
  t.match(sent, [failure])
  t.match(kept, [failure], 'also where the worker dies before it is acknowledged')
  t.notOk(isSpooled())
})

void t.test('a file that was damaged on the device, or is gone, makes the task fail', async (t) => {
  const { node, spool, send, sent, bearing } = await world(t)
  const end = bearing('one')
  writeFileSync(spool.pathOf(ref(), hashed('one')), 'two')
  await send(end)
  t.match(sent, [{ outcome: 'failed', error: { message: 'The output file-0 was damaged on its device.' } }])
  t.strictSame(node.files.size, 0)
  await send(end)
  t.match(sent[1], { outcome: 'failed', error: { message: 'The output file-0 was lost on its device.' } })
  const short = bearing(LARGE)
  truncateSync(spool.pathOf(ref(), hashed(LARGE)), 1000)
  await send(short)
  t.match(sent[2], { outcome: 'failed', error: { message: 'The output file-0 was damaged on its device.' } })
})

void t.test('a beginning at the node that is none of this file costs no more than sending it again', async (t) => {
  const { node, send, sent, bearing, isSpooled } = await world(t)
  const beginnings = {
    'of another': Buffer.from('a book'),
    'of another of the same size': Buffer.alloc(LARGE.length, 'a book '),
    'longer than it': Buffer.alloc(LARGE.length + 1, 'a film '),
  }
  for (const [which, beginning] of Object.entries(beginnings)) {
    node.files.clear()
    node.parts.set(hashed(LARGE), beginning)
    const end = bearing(LARGE)
    await send(end)
    t.strictSame(sent.splice(0), [end], which)
    t.ok(node.files.get(hashed(LARGE))?.equals(LARGE), which)
    t.notOk(isSpooled(), which)
  }
})

void t.test(
  'a node that got other bytes than were sent is no reason to give up a file that is whole here',
  async (t) => {
    const { node, send, sent, bearing, isSpooled } = await world(t)
    const end = bearing(LARGE)
    node.faults.push({ status: 404 }, { status: 422 })
    t.equal(await problemOf(send(end)), 'unexpected')
    t.strictSame(sent, [])
    t.ok(isSpooled())
    await send(end)
    t.strictSame(sent, [end])
  },
)

void t.test('of two ends with the same file one sends it, and the other finds it there', async (t) => {
  const { node, send, sent, left } = await world(t)
  const ends = [left({ ...ref(), task_id: 'task-a' }, LARGE), left({ ...ref(), task_id: 'task-b' }, LARGE)]
  await Promise.all(ends.map(send))
  t.strictSame(sent, ends)
  t.strictSame(
    node.asked.map((line) => line.slice(0, 4)),
    ['HEAD', 'PUT ', 'HEAD'],
  )
})

void t.test('where the first of two breaks, the second goes on', async (t) => {
  const { node, send, sent, left } = await world(t)
  const ends = [left({ ...ref(), task_id: 'task-a' }, LARGE), left({ ...ref(), task_id: 'task-b' }, LARGE)] as const
  node.faults.push({ status: 404 }, { breaksAfter: 1_000_000 })
  const [first, second] = await Promise.allSettled(ends.map(send))
  t.equal(first?.status, 'rejected')
  t.equal(second?.status, 'fulfilled')
  t.strictSame(sent, [ends[1]])
  t.match(node.asked.at(-1), /^PUT [0-9a-f]{8} offset=[1-9]\d{5,}$/)
})

void t.test('an end whose files were given up takes them from the disk also when it is told later', async (t) => {
  const { node, send, kept, bearing, isSpooled, refuse } = await world(t)
  const end = bearing('one')
  node.faults.push({ status: 404 }, { status: 413 })
  refuse()
  await t.rejects(send(end))
  t.ok(isSpooled())
  t.equal(kept.length, 1)
  for (const bare of kept) await send(bare)
  t.notOk(isSpooled())
})
