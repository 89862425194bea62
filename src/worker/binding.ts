/**
 * What binds an identity to its machine: a disk image or a data directory that is copied shall not be the same device twice.
 * Only hashes are kept, keyed by the credential, so that the file tells nobody what the machine is (machine-id(5) asks for that).
 */
import { createHmac } from 'node:crypto'
import { attemptToRead, listDirectory, type Machine, readText, type Roots } from './machine.ts'

/** What tells a machine from others. */
export type MachineTraits = {
  /** The id of its installed system; null where it has none. A copied disk has that of the original. */
  readonly system: string | null
  /** Numbers that makers burn in: network addresses, serial numbers. None where the platform tells none. */
  readonly hardware: readonly string[]
}

/** The same, hashed. */
export type Binding = MachineTraits

/** `addr_assign_type` of an address that the device itself brings: Documentation/ABI/testing/sysfs-class-net. */
const PERMANENT = '0'

/** Addresses of real interfaces, also of those that are down; not of bridges, tunnels and containers, nor what a privacy setting made up. */
const linuxAddresses = async ({ sysRoot }: Roots): Promise<readonly string[]> => {
  const directory = [sysRoot, 'class/net'] as const
  const addresses = await Promise.all(
    (await listDirectory(...directory)).map(async (name) => {
      const isReal = (await listDirectory(...directory, name, 'device')).length > 0
      const isPermanent = (await readText(...directory, name, 'addr_assign_type')) === PERMANENT
      return isReal && isPermanent ? readText(...directory, name, 'address') : null
    }),
  )
  return addresses.filter((address) => address !== null)
}

/** Addresses that a maker has assigned: the second-least bit of the first octet says that one is local (IEEE 802, clause 8.4). */
const assignedAddresses = ({ system }: Machine): readonly string[] =>
  Object.values(attemptToRead(system.networkInterfaces) ?? {})
    .flatMap((some) => some ?? [])
    .map(({ mac }) => mac)
    .filter((mac) => mac !== '00:00:00:00:00:00' && (Number.parseInt(mac, 16) & 2) === 0)

/** A serial number; boards without one have zeros. */
const serialNumber = (text: string | null): readonly string[] => (text === null || /^0*$/.test(text) ? [] : [text])

const linuxTraits = async (roots: Roots): Promise<MachineTraits> => ({
  system: await readText(roots.etcRoot, 'machine-id'),
  hardware: [
    ...serialNumber(await readText(roots.procRoot, 'device-tree/serial-number')),
    ...(await linuxAddresses(roots)),
  ],
})

/** The quoted value of a key in what `ioreg` prints. */
const ioregValue = (listing: string | null, key: string): string | null =>
  new RegExp(`"${key}" = "([^"]+)"`).exec(listing ?? '')?.[1] ?? null

const darwinTraits = async (machine: Machine): Promise<MachineTraits> => {
  const uuid = ioregValue(await machine.ask('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']), 'IOPlatformUUID')
  return { system: null, hardware: [...(uuid === null ? [] : [uuid]), ...assignedAddresses(machine)] }
}

const windowsTraits = async (machine: Machine): Promise<MachineTraits> => {
  const listing = await machine.ask('reg', [
    'query',
    String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`,
    '/v',
    'MachineGuid',
  ])
  return {
    system: /MachineGuid\s+REG_SZ\s+(\S+)/.exec(listing ?? '')?.[1] ?? null,
    hardware: assignedAddresses(machine),
  }
}

/** Reads what tells this machine from others. Android tells apps nothing of the kind, and its disks are not copied. */
export const readTraits = (machine: Machine): Promise<MachineTraits> => {
  if (machine.platform === 'darwin') return darwinTraits(machine)
  if (machine.platform === 'win32') return windowsTraits(machine)
  return linuxTraits(machine)
}

/** Hashes what was read of a machine, so that it can be kept beside a credential. */
export const bindingOf = ({ system, hardware }: MachineTraits, credential: string): Binding => {
  const hash = (kind: keyof MachineTraits, value: string) =>
    createHmac('sha256', credential).update(`${kind} ${value}`).digest('base64url')
  return {
    system: system === null ? null : hash('system', system),
    hardware: hardware.map((value) => hash('hardware', value)).sort(),
  }
}

/**
 * True where an identity was made on another machine. Hardware decides: one number that both know is enough, since network
 * adapters come and go; a copied disk has the system's id of the original. Where hardware tells nothing, that id decides.
 */
export const isElsewhere = (kept: Binding, now: Binding): boolean => {
  if (kept.hardware.length > 0 && now.hardware.length > 0)
    return !kept.hardware.some((value) => now.hardware.includes(value))
  return kept.system !== null && now.system !== null && kept.system !== now.system
}
