/** Plays steps on a cluster, and looks after each at what must always be true. */
import type { TaskSubmission } from '../../../schemas/index.ts'
import { openWorld, type World } from '../world.ts'
import { settle } from '../fake-clock.ts'
import { checkCounters, checkPlaced, checkSlots, checkTasks, createWitness, snapshotOf } from './invariants.ts'
import { createPlayer, type Player, unlessRefused } from './player.ts'
import type { Step, Submission } from './steps.ts'

const payloads: Readonly<Record<Submission['task_type'], (program: string) => Record<string, unknown>>> = {
  echo: () => ({ message: 'hi' }),
  sleep: () => ({ duration: 1 }),
  command: (program) => ({ command: [program] }),
}

const submissionOf = ({ pin, tags, program, ...task }: Submission): TaskSubmission => ({
  ...task,
  payload: payloads[task.task_type](program),
  ...(pin === null ? {} : { device_id: `d${pin}` }),
  requirements: tags.length === 0 ? {} : { tags: [...tags] },
})

type Stage = {
  readonly world: World
  readonly players: readonly Player[]
  readonly acknowledged: Set<string>
  readonly removed: Set<string>
  /** Commits that had gone through when one was refused last: what it gave out is given out anew by the next one. */
  refusedAfter: number
}

const playerOf = ({ players }: Stage, device: number): Player => {
  const player = players[device % players.length]
  if (player === undefined) throw new Error('no such player')
  return player
}

/** Of the devices that have a task, the one that a step means: most steps would mean nobody else. */
const workingPlayer = ({ players }: Stage, device: number): Player | undefined => {
  const working = players.filter((player) => player.runAt(0) !== undefined)
  return working[device % Math.max(1, working.length)]
}

/** Does something that must leave a task as it is, where the attempt that it speaks of is fenced off. */
const fenced = async (
  stage: Stage,
  player: Player,
  ref: { task_id: string; attempt: number },
  act: () => Promise<void>,
) => {
  const look = () => stage.world.node.cluster.tasks.get({ task_id: ref.task_id, wait: 0 })
  const before = await look()
  const last = before.attempts.at(-1)
  const isFenced = before.attempt !== ref.attempt || last?.device_id !== player.id || before.completed_at !== null
  await act()
  if (!isFenced) return
  const after = await look()
  // What else is given out in the same turn may take up the slot that was confirmed free; the task's own history stays.
  const history = ({ attempts, status }: typeof before) =>
    JSON.stringify([attempts.slice(0, before.attempts.length), status])
  if (history(before) !== history(after)) throw new Error(`a message of a superseded attempt changed ${ref.task_id}`)
}

const submit = async (stage: Stage, task: Submission) => {
  const answer = await unlessRefused(stage.world.node.cluster.tasks.submit({ submission: submissionOf(task), wait: 0 }))
  if (answer !== undefined) stage.acknowledged.add(answer.task_id)
}

const perform = async (stage: Stage, step: Step): Promise<void> => {
  const { world, acknowledged, removed } = stage
  const { tasks, devices } = world.node.cluster
  const taskAt = (position: number) => [...acknowledged][position % Math.max(1, acknowledged.size)] ?? 'task-none'
  switch (step.kind) {
    case 'submit':
      return submit(stage, step.task)
    case 'batch': {
      const batch = { tasks: step.tasks.map(submissionOf), batch_id: step.name }
      const answer = await unlessRefused(tasks.submitBatch(batch))
      for (const task_id of answer?.task_ids ?? []) acknowledged.add(task_id)
      return
    }
    case 'cancel':
      await unlessRefused(tasks.cancel({ task_id: taskAt(step.task) }))
      return
    case 'retry': {
      const answer = await unlessRefused(tasks.retry({ task_id: taskAt(step.task) }))
      if (answer !== undefined) acknowledged.add(answer.new_task_id)
      return
    }
    case 'join':
      return playerOf(stage, step.device).join(step.slots)
    case 'reconnect':
      return playerOf(stage, step.device).reconnect(step)
    case 'drop':
      return playerOf(stage, step.device).drop()
    case 'goodbye':
      return playerOf(stage, step.device).goodbye()
    case 'heartbeat':
      return playerOf(stage, step.device).heartbeat()
    case 'start': {
      const player = workingPlayer(stage, step.device)
      const run = player?.runAt(step.run)
      if (player !== undefined && run !== undefined) await fenced(stage, player, run, () => player.start(step.run))
      return
    }
    case 'finish': {
      const player = workingPlayer(stage, step.device)
      const run = player?.runAt(step.run)
      if (player !== undefined && run !== undefined)
        await fenced(stage, player, run, () => player.finish(step.run, step.outcome))
      return
    }
    case 'confirm': {
      const told = stage.players.filter((player) => player.hasToEnd())
      return told[step.device % Math.max(1, told.length)]?.confirm()
    }
    case 'repeat':
      return playerOf(stage, step.device).repeat(step.end)
    case 'meddle': {
      const player = playerOf(stage, step.device)
      const other = playerOf(stage, step.other)
      const run = other.given[step.run % Math.max(1, other.given.length)]
      if (run === undefined || other === player) return
      return fenced(stage, player, { task_id: run.task_id, attempt: -1 }, () => player.meddle(run, step.message))
    }
    case 'drain': {
      const { id } = playerOf(stage, step.device)
      await unlessRefused(devices.update({ device_id: id, patch: { schedulable: step.schedulable } }))
      return
    }
    case 'remove': {
      const { id } = playerOf(stage, step.device)
      const removal = await unlessRefused(devices.remove({ device_id: id, force: step.force }))
      if (removal !== undefined) removed.add(id)
      return
    }
    case 'advance':
      return world.clock.advance(step.ms)
    case 'stall':
      return world.clock.stall(step.ms)
    case 'jump':
      world.clock.jump(step.ms)
      // What waits by the wall clock is looked at again within the minute.
      return world.clock.advance(61_000)
    case 'fail_twice': {
      await perform(stage, { kind: 'finish', device: step.device, run: step.run, outcome: 'failed' })
      for (const player of stage.players) await player.repeat(0)
      return
    }
    case 'refused': {
      const { fault } = world.store
      world.store.fault = 'full'
      await perform(stage, step.step)
      await settle()
      world.store.fault = fault
      stage.refusedAfter = world.store.commits.length
      return
    }
    case 'disk':
      world.store.fault = step.isFull ? 'full' : undefined
      // What could not be written is tried again within the minute.
      return step.isFull ? undefined : world.clock.advance(61_000)
    case 'restart': {
      const before = await snapshotOf(world, acknowledged)
      await world.restart()
      for (const player of stage.players) await player.drop()
      const after = await snapshotOf(world, acknowledged)
      if (before !== after) throw new Error(`a restart changed the state:\n${before}\n${after}`)
    }
  }
}

/** Everything is mended, all devices come back, and what can run is run to its end. */
const heal = async (stage: Stage): Promise<void> => {
  const { world, players } = stage
  world.store.fault = undefined
  const unfinished = async () => {
    const { pending, running } = (await world.node.cluster.status()).cluster_stats.tasks
    return pending + running
  }
  let before = Infinity
  for (let left = await unfinished(); left > 0 && left < before; left = await unfinished()) {
    before = left
    // Longer than any backoff, and then than any pause of a probation.
    for (const ms of [61_000, 3_601_000]) {
      await world.clock.advance(ms)
      for (const player of players) {
        player.absorb()
        await player.join(2)
        await player.reconnect({ crashed: false })
        await unlessRefused(world.node.cluster.devices.update({ device_id: player.id, patch: { schedulable: true } }))
        await player.finishAll()
      }
      if ((await unfinished()) < before) break
    }
  }
}

/** Why a task may wait for ever. */
const forever: ReadonlySet<string | undefined> = new Set(['no_fitting_device', 'devices_rejected'])

const checkNoneStuck = async ({ world, acknowledged }: Stage): Promise<void> => {
  for (const task_id of acknowledged) {
    const { status, pending_reason, completed_at } = await world.node.cluster.tasks.get({ task_id, wait: 0 })
    if (completed_at === null && !forever.has(pending_reason?.code))
      throw new Error(`${task_id} is stuck: ${status}, ${JSON.stringify(pending_reason)}`)
  }
}

/** Plays all steps. @throws where something is not as it must be */
export const play = async (steps: readonly Step[]): Promise<void> => {
  const world = await openWorld()
  try {
    const stage: Stage = {
      world,
      players: [0, 1, 2, 3, 4].map((n) => createPlayer(world, `d${n}`)),
      acknowledged: new Set(),
      removed: new Set(),
      refusedAfter: -1,
    }
    const witness = createWitness(world)
    const check = async () => {
      for (const player of stage.players) player.absorb()
      witness.look()
      await checkTasks(world, witness, stage.acknowledged)
      for (const player of stage.players) {
        if (player.isRegistered() && !stage.removed.has(player.id)) await checkCounters(world, witness, player.id)
        await checkSlots(world, player.id, player.slotsInUse())
      }
      if (world.store.fault === undefined && world.store.commits.length > stage.refusedAfter)
        await checkPlaced(world, witness)
      if (world.broken.length > 0) throw world.broken[0] ?? new Error('the node broke')
    }
    for (const player of stage.players.slice(0, 2)) await player.join(2)
    for (const step of steps) {
      await perform(stage, step)
      await settle()
      await check()
    }
    await heal(stage)
    await check()
    await checkNoneStuck(stage)
  } finally {
    world.store.fault = undefined
    await world.close()
  }
}
