/** A device as a real worker behaves, one step at a time: it runs what it is given, keeps ends until they are acknowledged, and comes back. */
import { closeCodes, type AttemptRef, type FinishedParams, type RunParams } from '../../../schemas/index.ts'
import { keyOf } from '../../../src/cluster/attempt.ts'
import { ClusterError } from '../../../src/cluster/errors.ts'
import { endOf, type FakeDevice, idle, type World } from '../world.ts'
import { settle } from '../fake-clock.ts'
import type { outcomes } from './steps.ts'

const refOf = ({ task_id, epoch, attempt }: AttemptRef): AttemptRef => ({ task_id, epoch, attempt })

/** Errors of the contract are answers; anything else is a defect. */
export const unlessRefused = async <T>(promise: Promise<T>): Promise<T | undefined> => {
  try {
    return await promise
  } catch (error) {
    if (error instanceof ClusterError) return undefined
    throw error
  }
}

/** A device that is played. */
export interface Player {
  readonly id: string
  /** True while it is registered, as far as it knows. */
  readonly isRegistered: () => boolean
  /** What it was ever given, oldest first. */
  readonly given: readonly RunParams[]
  /** The attempt that a step means; undefined where it runs none. */
  runAt(position: number): RunParams | undefined
  /** True where it has been told to end something. */
  hasToEnd(): boolean
  /** Slots in use, as far as its node can know; undefined while that cannot know all. */
  slotsInUse(): number | undefined
  join(slots: number): Promise<void>
  /** Comes back after its connection broke; `crashed`: without what it ran. */
  reconnect(how: { crashed: boolean }): Promise<void>
  drop(): Promise<void>
  goodbye(): Promise<void>
  heartbeat(): Promise<void>
  start(run: number): Promise<void>
  finish(run: number, outcome: (typeof outcomes)[number]): Promise<void>
  /** Ends one attempt that it was told to end. */
  confirm(): Promise<void>
  /** Tells the end of an attempt once more: its acknowledgement may have got lost. */
  repeat(end: number): Promise<void>
  /** Speaks of an attempt of another device. */
  meddle(run: RunParams, message: 'started' | 'finished' | 'output'): Promise<void>
  /** Takes in what it was sent. @throws where it was given more than it has slots for */
  absorb(): void
  /** Ends all that it has, in order. */
  finishAll(): Promise<void>
}

/** A device that has not joined yet. */
export const createPlayer = (world: World, id: string): Player => {
  let link: FakeDevice | undefined
  let credential = ''
  let slots = 1
  const running = new Map<string, RunParams>()
  const toEnd: AttemptRef[] = []
  const outbox: FinishedParams[] = []
  const given: RunParams[] = []
  /** Ends that were acknowledged. */
  const told: FinishedParams[] = []

  const offer = () => ({ slots, task_types: ['echo', 'sleep', 'command'], allow: [], custom_types: [] })
  const forget = () => {
    running.clear()
    toEnd.length = 0
    outbox.length = 0
    credential = ''
    link = undefined
  }
  const absorb = () => {
    if (link === undefined) return
    for (const run of link.runs.splice(0)) {
      if (running.size >= slots)
        throw new Error(`${id} has ${running.size} tasks in ${slots} slots, and was given another`)
      if (running.has(keyOf(run))) throw new Error(`${id} was given ${keyOf(run)} twice`)
      running.set(keyOf(run), run)
      given.push(run)
    }
    toEnd.push(...link.cancels.splice(0))
    const { closed } = link
    if (closed?.code === closeCodes.removed) forget()
    else if (closed !== undefined) link = undefined
  }
  const deliver = async () => {
    for (const end of [...outbox]) {
      absorb()
      if (link === undefined) return
      const answer = await unlessRefused(link.session.finished(end))
      await settle()
      if (answer === undefined) continue
      outbox.splice(outbox.indexOf(end), 1)
      told.push(end)
    }
    absorb()
  }
  /** Says goodbye, where it is connected still, and hangs up. */
  const leave = async () => {
    link?.session.goodbye()
    await settle()
    await link?.drop()
    link = undefined
  }
  const end = async (ref: AttemptRef, change: Partial<FinishedParams>) => {
    running.delete(keyOf(ref))
    if (!outbox.some((kept) => keyOf(kept) === keyOf(ref))) outbox.push(endOf(ref, change))
    await deliver()
  }
  const connect = async (change: object) => {
    const connected = await unlessRefused(
      world.connect({
        device_id: id,
        tags: id === 'd0' ? ['lab'] : [],
        offer: offer(),
        running: [...running.values()].map(refOf),
        finished: outbox.map(refOf),
        ...change,
      }),
    )
    if (connected === undefined) {
      // Its older connection, which the node may have taken for open, is gone at last.
      await link?.drop()
      link = undefined
      return
    }
    link = connected
    credential = connected.credential
    for (const ref of connected.abandon) {
      if (running.has(keyOf(ref))) toEnd.push(ref)
      const kept = outbox.findIndex((one) => keyOf(one) === keyOf(ref))
      if (kept >= 0) outbox.splice(kept, 1)
    }
    await deliver()
  }
  const runAt = (position: number): RunParams | undefined => [...running.values()][position % Math.max(1, running.size)]
  const said = { code: 'TASK_ERROR', message: 'as the test says' }

  return {
    id,
    isRegistered: () => credential !== '',
    given,
    runAt,
    hasToEnd: () => toEnd.length > 0,
    slotsInUse: () => (link === undefined || outbox.length > 0 ? undefined : running.size),
    join: async (offered) => {
      if (credential !== '') return
      slots = offered
      await connect({})
    },
    reconnect: async ({ crashed }) => {
      if (credential === '') return
      if (crashed) {
        running.clear()
        toEnd.length = 0
      }
      await connect({ credential, join_token: null })
    },
    drop: async () => {
      await link?.drop()
      link = undefined
    },
    goodbye: async () => {
      if (link === undefined) return
      // It ends what it runs first, and hands it back.
      for (const run of [...running.values()]) await end(run, { outcome: 'returned', result: null })
      toEnd.length = 0
      await leave()
    },
    heartbeat: async () => {
      link?.session.heartbeat(idle)
      await settle()
    },
    start: async (position) => {
      const run = runAt(position)
      if (run === undefined) return
      await link?.start(run)
    },
    finish: async (position, outcome) => {
      const run = runAt(position)
      if (run === undefined) return
      const rejection = outcome === 'rejected' ? { rejection: 'program' as const } : {}
      await end(run, outcome === 'completed' ? {} : { outcome, result: null, error: said, ...rejection })
    },
    confirm: async () => {
      const ref = toEnd.shift()
      if (ref !== undefined) await end(ref, { outcome: 'cancelled', result: null })
    },
    repeat: async (position) => {
      // Of late ones: a repeat comes soon, or never.
      const past = told.at(-1 - (position % 3))
      if (past === undefined || link === undefined) return
      await unlessRefused(link.session.finished(past))
      await settle()
    },
    meddle: async (run, message) => {
      if (link === undefined) return
      if (message === 'started') link.session.started(refOf(run))
      else if (message === 'output') link.session.output({ ...refOf(run), offset: 0, text: 'not mine' })
      else await unlessRefused(link.session.finished(endOf(run)))
      await settle()
    },
    absorb,
    finishAll: async () => {
      while (toEnd.length > 0) {
        const ref = toEnd.shift()
        if (ref !== undefined) await end(ref, { outcome: 'cancelled', result: null })
      }
      for (const run of [...running.values()]) {
        await link?.start(run)
        await end(run, {})
      }
      await deliver()
    },
  }
}
