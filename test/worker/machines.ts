/** Machines that tests make up, as their kernels would tell of them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Machine, thisMachine } from '../../src/worker/machine.ts'
import { type Owner, temporaryDirectory } from './world.ts'

/** A network interface. */
export type Card = {
  readonly address: string
  /** `addr_assign_type` of sysfs; absent: 0, the maker's own. */
  readonly assigned?: string
  /** True for a bridge, a tunnel or a container's end: no device is behind it. */
  readonly isVirtual?: boolean
}

/** What a machine tells of itself. */
export type MadeUp = { readonly system?: string; readonly serial?: string; readonly cards?: readonly Card[] }

const write = (path: string, content: string) => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
}

/** A machine that goes with the test, on Linux. */
export const madeUp = (t: Owner, { system, serial, cards = [] }: MadeUp): Machine => {
  const root = temporaryDirectory(t)
  const roots = ['sys', 'proc', 'etc', 'system'].map((name) => join(root, name)) as [string, string, string, string]
  const [sysRoot, procRoot, etcRoot, androidRoot] = roots
  if (system !== undefined) write(join(etcRoot, 'machine-id'), `${system}\n`)
  if (serial !== undefined) write(join(procRoot, 'device-tree/serial-number'), `${serial}\0`)
  for (const [index, { address, assigned = '0', isVirtual = false }] of cards.entries()) {
    const card = join(sysRoot, 'class/net', `eth${index}`)
    write(join(card, 'address'), `${address}\n`)
    write(join(card, 'addr_assign_type'), `${assigned}\n`)
    if (!isVirtual) write(join(card, 'device/vendor'), '0x8086\n')
  }
  return { ...thisMachine, platform: 'linux', sysRoot, procRoot, etcRoot, androidRoot }
}
