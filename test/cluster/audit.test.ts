import t from 'tap'
import type { AuditEntry, AuditList, Deed } from '../../schemas/index.ts'
import { chainHash, GENESIS } from '../../src/cluster/audit-chain.ts'
import { StoreError } from '../../src/cluster/ports/store.ts'
import { settle } from './fake-clock.ts'
import { createWorld, type World } from './world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const deed = (change: Partial<Deed> = {}): Deed => ({
  key_id: 'key-1',
  address: '192.0.2.1',
  operation: 'submitTask',
  target: null,
  target_at: null,
  outcome: 201,
  details: { request_id: 'r' },
  ...change,
})
const echo = { submission: { task_type: 'echo' as const, payload: {} }, wait: 0 }
const linesOf = async (world: World, query = {}) => (await world.node.cluster.audit.list(query)).entries
const submitAs = (world: World, change: Partial<Deed> = {}) =>
  world.node.cluster.acting(deed({ target_at: '/task_id', ...change }), () => world.node.cluster.tasks.submit(echo))

/** The first fault of a whole chain, oldest line first. */
const faultOf = ({ entries, anchor }: AuditList): number | undefined => {
  let before = anchor ?? GENESIS
  for (const { hash, ...line } of entries.toReversed()) {
    if (line.sequence !== before.sequence + 1 || chainHash(line, before.hash) !== hash) return line.sequence
    before = { sequence: line.sequence, hash }
  }
  return undefined
}

void t.test('a change is written with who made it, in the transaction of what it changed', async (t) => {
  const world = await createWorld(t)
  const { task_id } = await submitAs(world)
  const [line, ...others] = await linesOf(world)
  t.same(others, [])
  t.match(line, {
    sequence: 1,
    timestamp: '2026-11-24T12:00:00.000Z',
    key_id: 'key-1',
    address: '192.0.2.1',
    operation: 'submitTask',
    target: task_id,
    outcome: 201,
    details: { request_id: 'r' },
  })
  const commit = world.store.commits.find(({ audit }) => audit.length > 0)
  t.equal(commit?.tasks[0]?.task.task_id, task_id, 'one commit has both')
})

void t.test(
  'what was looked at, what changed nothing, and what the cluster does by itself are not in it',
  async (t) => {
    const world = await createWorld(t)
    const { cluster } = world.node
    await cluster.acting(deed(), () => cluster.tasks.list({}))
    await cluster.acting(deed(), () => cluster.config.get())
    await t.rejects(
      cluster.acting(deed(), () => cluster.tasks.cancel({ task_id: 'nothing' })),
      { code: 'TASK_NOT_FOUND' },
    )
    const device = await world.connect({ device_id: 'd' })
    await submitAs(world)
    await settle()
    const [run] = device.runs
    if (run === undefined) throw new Error('the device got no task')
    await device.finish(run)
    // What the submission set going, timers and all, goes on without its author.
    await device.drop()
    await world.clock.advance(10 * MINUTE_MS)
    t.equal((await linesOf(world)).length, 1)
  },
)

void t.test('a change that the disk has no room for leaves no line, and the chain goes on without a gap', async (t) => {
  const world = await createWorld(t)
  await submitAs(world)
  world.store.fault = 'full'
  await t.rejects(submitAs(world), { code: 'STORAGE_FULL' })
  world.store.fault = undefined
  await Promise.all([submitAs(world), submitAs(world)])
  const list = await world.node.cluster.audit.list({})
  t.same(
    list.entries.map(({ sequence }) => sequence),
    [3, 2, 1],
  )
  t.equal(faultOf(list), undefined)
})

void t.test('changes that came while a commit was under way that fails leave no gap either', async (t) => {
  const world = await createWorld(t)
  await submitAs(world)
  const { commit } = world.store
  let fail: () => void = () => undefined
  const under = new Promise<void>((resolve) => {
    world.store.commit = () => {
      resolve()
      return new Promise((_, reject) => {
        fail = () => reject(new StoreError('full', 'no room'))
      })
    }
  })
  const first = submitAs(world)
  await under
  const second = submitAs(world)
  fail()
  await t.rejects(first, { code: 'STORAGE_FULL' })
  await t.rejects(second, { code: 'STORAGE_FULL' })
  world.store.commit = commit
  await submitAs(world)
  const list = await world.node.cluster.audit.list({})
  t.same(
    list.entries.map(({ sequence }) => sequence),
    [2, 1],
  )
  t.equal(faultOf(list), undefined)
})

void t.test('what was done to many names them', async (t) => {
  const world = await createWorld(t)
  const { cluster } = world.node
  await world.connect({ device_id: 'd1' })
  await world.connect({ device_id: 'd2' })
  const body = { device_ids: ['d1', 'd2'], set: { schedulable: false } }
  await cluster.acting(deed({ operation: 'updateDevices', target_at: '/outcomes' }), () => cluster.devices.batch(body))
  const patch = { cluster: { task_timeout: 60 } }
  const change = deed({ operation: 'updateConfig', target_at: '/updated_fields' })
  await cluster.acting(change, () => cluster.config.update({ patch, expected_tag: null }))
  t.match(await linesOf(world), [
    { operation: 'updateConfig', target: null, details: { count: 1, targets: ['cluster.task_timeout'] } },
    { operation: 'updateDevices', target: null, details: { count: 2, targets: ['d1', 'd2'], request_id: 'r' } },
  ])
})

void t.test('a chain goes on after a restart, and after its old end has aged out', async (t) => {
  const world = await createWorld(t, { retention: { audit_days: 1 } })
  for (let change = 0; change < 3; change += 1) await submitAs(world)
  await world.restart()
  await submitAs(world)
  t.equal(faultOf(await world.node.cluster.audit.list({})), undefined)
  await world.clock.advance(DAY_MS / 2)
  await submitAs(world)
  await world.clock.advance(DAY_MS / 2 + 2 * MINUTE_MS)
  const pruned = await world.node.cluster.audit.list({})
  t.same(
    pruned.entries.map(({ sequence }) => sequence),
    [5],
  )
  t.equal(pruned.anchor?.sequence, 4)
  t.equal(faultOf(pruned), undefined)
  await world.clock.advance(DAY_MS)
  t.same((await world.node.cluster.audit.list({})).entries, [], 'all of it has aged out')
  await world.restart()
  await submitAs(world)
  const last = await world.node.cluster.audit.list({})
  t.match(last, { entries: [{ sequence: 6 }], anchor: { sequence: 5 } })
  t.equal(faultOf(last), undefined)
})

void t.test('a line that is changed, taken out or put in is found', async (t) => {
  const world = await createWorld(t)
  for (let change = 0; change < 5; change += 1) await submitAs(world)
  const whole = await world.node.cluster.audit.list({})
  const broken = (change: (entries: AuditEntry[]) => AuditEntry[]) =>
    faultOf({ ...whole, entries: change(structuredClone(whole.entries)) })
  const edited = (edit: Partial<AuditEntry>) =>
    broken((lines) => lines.map((line) => (line.sequence === 3 ? { ...line, ...edit } : line)))
  t.equal(edited({}), undefined)
  t.equal(edited({ key_id: 'key-2' }), 3)
  t.equal(edited({ details: {} }), 3)
  t.equal(edited({ timestamp: '2026-11-24T12:00:00.001Z' }), 3)
  t.equal(
    broken((lines) => lines.filter(({ sequence }) => sequence !== 3)),
    4,
  )
  t.equal(
    broken((lines) => lines.slice(0, -1)),
    2,
    'nor can the oldest go without its anchor',
  )
})

void t.test('of a flood of refusals sixty a minute are written, and how many were not', async (t) => {
  const world = await createWorld(t)
  const { audit } = world.node.cluster
  const refuse = () => audit.refused(deed({ operation: 'removeDevice', outcome: 403 }))
  for (let knock = 0; knock < 1000; knock += 1) await refuse()
  t.equal((await linesOf(world, { limit: 1000 })).length, 60)
  await world.clock.advance(MINUTE_MS)
  await refuse()
  await refuse()
  const [second, first] = await linesOf(world)
  t.match(first, { outcome: 403, details: { left_out_before: 940 } })
  t.equal(second?.details.left_out_before, undefined)
  await submitAs(world)
  t.equal((await linesOf(world))[0]?.operation, 'submitTask', 'a change is never left out')
})

void t.test('lines are found by key, operation and time, page by page', async (t) => {
  const world = await createWorld(t)
  for (let change = 0; change < 4; change += 1) {
    await submitAs(world, { key_id: `key-${change % 2}`, operation: change < 2 ? 'submitTask' : 'retryTask' })
    await world.clock.advance(1000)
  }
  const { audit } = world.node.cluster
  const sequences = async (query: object) => (await audit.list(query)).entries.map(({ sequence }) => sequence)
  t.same(await sequences({ key_id: 'key-1' }), [4, 2])
  t.same(await sequences({ operation: 'retryTask' }), [4, 3])
  t.same(await sequences({ since: '2026-11-24T12:00:01Z', until: '2026-11-24T12:00:03Z' }), [3, 2])
  const first = await audit.list({ key_id: 'key-0', limit: 1 })
  t.match(first, { total: 2, entries: [{ sequence: 3 }] })
  t.same(await sequences({ key_id: 'key-0', limit: 1, cursor: first.next_cursor ?? '' }), [1])
  await t.rejects(audit.list({ key_id: 'key-1', cursor: first.next_cursor ?? '' }), { code: 'VALIDATION_ERROR' })
})
