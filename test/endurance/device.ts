/** A device of the simulated day: the real agent, with a directory of its own, a clock that stands still, and a network that fails. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fixedAt } from '../../src/link/client/keep-connected.ts'
import { type Agent, startAgent } from '../../src/worker/agent.ts'
import type { Log } from '../../src/worker/log.ts'
import { entry } from '../cli/programs.ts'
import type { FakeClock } from '../cluster/fake-clock.ts'
import type { Chance } from '../faults/chance.ts'
import { endsIn } from '../worker/outbox-content.ts'
import { fixture } from '../worker/world.ts'
import { type Air, createAir, type Shore } from './air.ts'
import { createDeviceClock, type DeviceClock, type Standstill } from './device-clock.ts'

/** Where devices live. */
export type DeviceWorld = {
  readonly clock: FakeClock
  readonly shore: Shore
  readonly chance: Chance
  readonly directory: string
  readonly token: string
  readonly log: Log
  readonly finding: (what: string) => void
}

/** A device. */
export interface Device {
  readonly id: string
  readonly dataDir: string
  /** What it still has of tasks on its disk: ends that wait, and directories of attempts. */
  left(): string[]
  switchOn(): Promise<void>
  /** Without a word: the power is gone, and the node finds out by the silence. */
  losePower(): void
  /** In order: it hands its tasks back and says goodbye. Resolves when it is off. */
  shutDown(): Promise<void>
  halt(how: Standstill): void
  resume(): void
  /** The connection breaks; or the device hears nothing any more, is not heard, or neither, until `heal`. */
  fail(how: 'cut' | 'deaf' | 'mute' | 'gone'): void
  heal(): void
}

/** What every device of the day is found to do. */
const OPERATIONS_PER_SECOND = 1_000_000

type Running = { readonly agent: Agent; readonly clock: DeviceClock; readonly air: Air }

const filesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : [])

const setWay = ({ way }: Air, through: { readonly in: boolean; readonly out: boolean }) => {
  way.in.set(through.in)
  way.out.set(through.out)
}

/** A device that is switched off. */
export const createDevice = (id: string, world: DeviceWorld): Device => {
  const dataDir = join(world.directory, id)
  mkdirSync(dataDir, { recursive: true })
  // No program is asked what the machine is: a start reads files alone.
  const machine = { ...fixture('pi'), ask: () => Promise.resolve(null) }
  let running: Running | undefined
  const off = () => {
    running?.clock.end()
    running = undefined
  }
  return {
    id,
    dataDir,
    left: () => [...endsIn(dataDir), ...filesIn(join(dataDir, 'work'))],
    switchOn: async () => {
      const clock = createDeviceClock(world.clock)
      const air = createAir({ ...world, device: clock, chance: world.chance.fork() })
      const agent = await startAgent({
        dataDir,
        node: fixedAt({ host: 'node.test', port: 1, fingerprint: undefined }),
        token: world.token,
        deviceId: id,
        role: 'compute',
        tags: [],
        slots: 2,
        allow: [],
        workerFile: entry('worker'),
        log: world.log,
        version: '0.1.0',
        machine,
        clock,
        connect: air.connect,
        // The real one is a process, which takes time that is not simulated.
        measure: () => Promise.resolve(OPERATIONS_PER_SECOND),
      })
      running = { agent, clock, air }
    },
    losePower: () => {
      if (running === undefined) return
      setWay(running.air, { in: false, out: false })
      running.agent.kill()
      off()
    },
    shutDown: async () => {
      await running?.agent.stop()
      off()
    },
    halt: (how) => running?.clock.halt(how),
    resume: () => running?.clock.resume(),
    fail: (how) => {
      if (running === undefined) return
      const { air } = running
      if (how === 'cut') air.cut()
      else setWay(air, { in: how === 'mute', out: how === 'deaf' })
    },
    heal: () => {
      if (running !== undefined) setWay(running.air, { in: true, out: true })
    },
  }
}
