/** Machines of fixtures/: their trees, and what Node and programs would be told there (machine.json). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceProfile, Telemetry } from '../../schemas/device-profile.ts'
import type { MachineTraits } from '../../src/worker/binding.ts'
import type { Machine, Systeminformation } from '../../src/worker/machine.ts'
import type { Told } from '../../src/worker/report/record.ts'
import { machineIn } from './recorded.ts'

/** The fixtures; README.md says what each is. */
export const fixtureNames = ['android-13', 'phone', 'pi', 'pi-64', 'laptop', 'laptop-clone', 'macbook'] as const
/** A fixture. */
export type FixtureName = (typeof fixtureNames)[number]

/** What machine.json holds: what a report does, and of a machine that tells by no files what systeminformation says. */
type FixtureTold = Told & { readonly systeminformation?: { readonly [Question in keyof Systeminformation]: unknown } }

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
  const machine = machineIn(join(import.meta.dirname, 'fixtures', name))
  const { systeminformation } = read(name, 'machine.json') as FixtureTold
  if (systeminformation === undefined) return machine
  const answers = Object.entries(systeminformation).map(([question, answer]) => [
    question,
    () => Promise.resolve(answer),
  ])
  return { ...machine, systeminformation: () => Promise.resolve(Object.fromEntries(answers) as Systeminformation) }
}
