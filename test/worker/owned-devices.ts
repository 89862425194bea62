/** Devices whose battery, plug and heat a test changes while a worker runs on them. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../src/worker/machine.ts'
import { fixture, type Owner, temporaryDirectory } from './world.ts'

/** A phone in the hands of the test. */
export type OwnedPhone = {
  readonly machine: Machine
  /** Percent. */
  charge(level: number): void
  plug(state: 'in' | 'out'): void
  /** Degrees Celsius, of its battery. */
  heat(celsius: number): void
}

/** A phone that goes with the test: on its charger at 85 %, its battery at 30 °C. */
export const ownedPhone = (t: Owner): OwnedPhone => {
  const root = temporaryDirectory(t)
  const phone = fixture('phone')
  const sysRoot = join(root, 'sys')
  cpSync(phone.sysRoot, sysRoot, { recursive: true })
  const put = (file: string, content: number | string) =>
    writeFileSync(join(sysRoot, 'class/power_supply', file), `${content}\n`)
  put('battery/temp', 300)
  return {
    machine: { ...phone, sysRoot },
    charge: (level) => put('battery/capacity', level),
    plug: (state) => {
      put('usb/online', state === 'in' ? 1 : 0)
      put('battery/status', state === 'in' ? 'Charging' : 'Discharging')
    },
    heat: (celsius) => put('battery/temp', celsius * 10),
  }
}
