/** Machines of fixtures/: their trees, and what Node and programs would be told there (machine.json). */
import type { StatsFs } from 'node:fs'
import { readFileSync } from 'node:fs'
import type { CpuInfo, NetworkInterfaceInfo } from 'node:os'
import { join } from 'node:path'
import type { DeviceProfile, Telemetry } from '../../schemas/device-profile.ts'
import type { MachineTraits } from '../../src/worker/binding.ts'
import type { Machine, Systeminformation } from '../../src/worker/machine.ts'

/** The fixtures; README.md says what each is. */
export const fixtureNames = ['android-13', 'phone', 'pi', 'pi-64', 'laptop', 'laptop-clone', 'macbook'] as const
/** A fixture. */
export type FixtureName = (typeof fixtureNames)[number]

/** What machine.json holds. */
type Told = {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  readonly system: {
    readonly hostname: string
    readonly machine: string
    readonly release: string
    readonly availableParallelism: number
    readonly cpus: CpuInfo[]
    /** Null: the question is forbidden, and throws. */
    readonly networkInterfaces: NodeJS.Dict<NetworkInterfaceInfo[]> | null
    readonly totalmem: number
    readonly freemem: number
    readonly loadavg: number[]
    readonly uptime: number
  }
  readonly statfs: Pick<StatsFs, 'bsize' | 'blocks' | 'bfree' | 'bavail'>
  /** What programs print, by their name with or without their arguments; all others are absent. */
  readonly programs: Readonly<Record<string, string>>
  readonly systeminformation?: { readonly [Question in keyof Systeminformation]: unknown }
}

/** What is to be read of a fixture. */
export type Expected = {
  readonly profile: Partial<DeviceProfile>
  readonly telemetry: Telemetry
  readonly traits: MachineTraits
}

const read = (name: FixtureName, file: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name, file), 'utf8'))

/** What is to be read of a fixture. */
export const expected = (name: FixtureName): Expected => read(name, 'expected.json') as Expected

/** The machine of a fixture: nothing of it is this one's. */
export const fixture = (name: FixtureName): Machine => {
  const root = join(import.meta.dirname, 'fixtures', name)
  const { platform, env, system, statfs, programs, systeminformation } = read(name, 'machine.json') as Told
  const answering =
    <T>(answer: T) =>
    (): T =>
      answer
  return {
    sysRoot: join(root, 'sys'),
    procRoot: join(root, 'proc'),
    etcRoot: join(root, 'etc'),
    androidRoot: join(root, 'system'),
    platform,
    env,
    system: {
      hostname: answering(system.hostname),
      machine: answering(system.machine),
      release: answering(system.release),
      availableParallelism: answering(system.availableParallelism),
      cpus: answering(system.cpus),
      networkInterfaces: () => {
        if (system.networkInterfaces === null)
          throw new Error('A system error occurred: uv_interface_addresses returned Unknown system error 13')
        return system.networkInterfaces
      },
      totalmem: answering(system.totalmem),
      freemem: answering(system.freemem),
      loadavg: answering(system.loadavg),
      uptime: answering(system.uptime),
    },
    statfs: () => Promise.resolve(statfs as StatsFs),
    ask: (program, args) => Promise.resolve(programs[[program, ...args].join(' ')] ?? programs[program] ?? null),
    systeminformation: () =>
      systeminformation === undefined
        ? Promise.reject(new Error(`${name} tells all in files`))
        : Promise.resolve({
            battery: answering(Promise.resolve(systeminformation.battery)),
            cpuTemperature: answering(Promise.resolve(systeminformation.cpuTemperature)),
            networkStats: answering(Promise.resolve(systeminformation.networkStats)),
          } as Systeminformation),
  }
}
