/** A store that cannot be reached for a while: what callers are told, and what is there afterwards. */
import t from 'tap'
import { type Changes, type Outcome, StoreError } from '../../src/cluster/ports/store.ts'
import { settle } from './fake-clock.ts'
import { createWorld, submitEcho, type World } from './world.ts'

const away = { code: 'CLUSTER_UNAVAILABLE', details: { retry_after_seconds: 1 } }
const one = { slots: 1, task_types: ['echo'], allow: [], custom_types: [] }

/** The next commit loses its answer. Returns what tells its outcome, and has it written where that is so. */
const loseAnswer = (world: World): Promise<(outcome: Outcome | Error) => Promise<void>> =>
  new Promise((resolve) => {
    const { commit } = world.store
    world.store.commit = (changes: Changes) => {
      world.store.commit = commit
      const known = Promise.withResolvers<Outcome>()
      resolve(async (outcome) => {
        if (outcome === 'written') await commit(changes)
        if (outcome instanceof Error) known.reject(outcome)
        else known.resolve(outcome)
        await settle()
      })
      return Promise.reject(new StoreError('away', 'ordered by the test', { outcome: known.promise }))
    }
  })

void t.test(
  'while the store is away changes are refused, the live state is told, and history is refused',
  async (t) => {
    const world = await createWorld(t)
    const task_id = await submitEcho(world)
    world.store.fault = 'away'
    await t.rejects(submitEcho(world), away)
    const { tasks } = world.node.cluster
    t.match(await tasks.get({ task_id, wait: 0 }), { status: 'pending' })
    world.store.task = () => Promise.reject(new StoreError('away', 'ordered by the test'))
    await t.rejects(tasks.get({ task_id: 'task-of-last-week', wait: 0 }), away)
    world.store.fault = undefined
    const later = await submitEcho(world)
    t.not(later, task_id)
    t.equal((await tasks.list({})).total, 2, 'nothing of what was refused is there')
  },
)

void t.test('what waits is given out once the store is back, though nobody asks', async (t) => {
  const world = await createWorld(t)
  await submitEcho(world)
  const { commit } = world.store
  let refused = 0
  // That the device is there is written; that it gets the task is not, which is decided once its hello was answered.
  world.store.commit = (changes) => {
    if (changes.tasks.length === 0) return commit(changes)
    refused += 1
    return Promise.reject(new StoreError('away', 'ordered by the test'))
  }
  const device = await world.connect({ offer: one })
  await settle()
  t.ok(refused > 0, 'it was refused')
  t.equal(device.runs.length, 0)
  world.store.commit = commit
  await world.clock.advance(1000)
  t.equal(device.runs.length, 1)
})

void t.test('a node that never knows what became of a commit ends', async (t) => {
  const world = await createWorld(t)
  const under = loseAnswer(world)
  const first = submitEcho(world)
  const came = await under
  await t.rejects(first, away)
  await came(new StoreError('broken', 'another node has the database'))
  t.match(world.broken, [{ kind: 'broken' }])
})

for (const outcome of ['written', 'lost'] as const)
  void t.test(`a commit whose answer was lost, and that was ${outcome}`, async (t) => {
    const world = await createWorld(t)
    await submitEcho(world)
    const { tasks } = world.node.cluster
    const under = loseAnswer(world)
    const first = submitEcho(world)
    const came = await under
    const second = submitEcho(world)
    await t.rejects(first, away, 'it is not acknowledged')
    await t.rejects(second, away)
    await t.rejects(submitEcho(world), away, 'nothing is built on what is in doubt')
    await t.rejects(world.node.cluster.status(), away, 'and nobody sees it')
    const commits = world.store.commits.length
    await came(outcome)
    await world.clock.advance(1000)
    t.equal((await tasks.list({})).total, outcome === 'written' ? 2 : 1)
    t.equal(world.store.commits.length, commits + (outcome === 'written' ? 1 : 0), 'it is not repeated in silence')
    const third = await submitEcho(world)
    const sequences = (await tasks.list({})).tasks.map(({ task_id }) => task_id)
    t.equal(sequences[0], third)
    t.equal(new Set(sequences).size, outcome === 'written' ? 3 : 2)
  })

void t.test('a node stops while it is not known what has become of a commit', async (t) => {
  const world = await createWorld(t)
  const lost = loseAnswer(world)
  const submission = submitEcho(world)
  const tell = await lost
  await t.rejects(submission, away)
  await t.resolves(world.node.stop())
  await tell('lost')
})
