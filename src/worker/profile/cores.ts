/** The cores of the processor by their kinds, from /sys/devices/system/cpu (Documentation/ABI/testing/sysfs-devices-system-cpu). */
import type { CoreKind } from '../../../schemas/hardware.ts'
import { listDirectory, readNumber, type Roots } from '../machine.ts'

const DIRECTORY = 'devices/system/cpu'

/** What the kernel tells of a core. One that is switched off tells no clock rate. */
type Core = {
  /** Its share of the strongest core's work, of 1024; null on kernels that do not compare their cores. */
  readonly capacity: number | null
  readonly maxMhz: number | null
}

/** Cores whose strengths differ by less are of one kind: some of a PC are allowed a little more turbo than their like. */
const SAME_KIND = 0.9

/** The names of the kinds, the strongest first, by how many there are. */
const KINDS: readonly (readonly CoreKind['kind'][])[] = [['uniform'], ['big', 'little'], ['big', 'medium', 'little']]

const readCore = async ({ sysRoot }: Roots, name: string): Promise<Core> => {
  const kilohertz = await readNumber(sysRoot, DIRECTORY, name, 'cpufreq/cpuinfo_max_freq')
  return {
    capacity: await readNumber(sysRoot, DIRECTORY, name, 'cpu_capacity'),
    maxMhz: kilohertz === null ? null : Math.round(kilohertz / 1000),
  }
}

/** Groups of like cores, the strongest first. Of what nothing is told is left out. */
const grouped = (cores: readonly Core[]): readonly (readonly Core[])[] => {
  const measure = cores.every(({ capacity }) => capacity !== null) ? 'capacity' : 'maxMhz'
  const strengthOf = (core: Core) => core[measure] ?? 0
  const groups: Core[][] = []
  for (const core of [...cores].sort((a, b) => strengthOf(b) - strengthOf(a))) {
    if (strengthOf(core) === 0) continue
    const weakest = groups.at(-1)
    const [strongest] = weakest ?? []
    if (weakest !== undefined && strongest !== undefined && strengthOf(core) >= SAME_KIND * strengthOf(strongest))
      weakest.push(core)
    else groups.push([core])
  }
  return groups
}

/** More kinds than have names: the strongest is big, the weakest little, what is between them medium. */
const kindOf = (index: number, kinds: number): CoreKind['kind'] =>
  KINDS[kinds - 1]?.[index] ?? (index === 0 ? 'big' : index === kinds - 1 ? 'little' : 'medium')

const highest = (cores: readonly Core[]): number | null => {
  const rates = cores.map(({ maxMhz }) => maxMhz).filter((rate) => rate !== null && rate > 0)
  return rates.length === 0 ? null : Math.max(...rates.map(Number))
}

/** The cores by their kinds, the strongest first; null where the kernel tells nothing of them (virtual machines, macOS, Windows). */
export const readCores = async (roots: Roots): Promise<CoreKind[] | null> => {
  const names = (await listDirectory(roots.sysRoot, DIRECTORY)).filter((name) => /^cpu\d+$/.test(name))
  const groups = grouped(await Promise.all(names.map((name) => readCore(roots, name))))
  return groups.length === 0
    ? null
    : groups.slice(0, 8).map((cores, index) => ({
        kind: kindOf(index, groups.length),
        count: cores.length,
        max_mhz: highest(cores),
      }))
}
