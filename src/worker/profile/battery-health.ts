/** What has become of the battery: from /sys/class/power_supply (Documentation/ABI/testing/sysfs-class-power). */
import type { BatteryHealth } from '../../../schemas/hardware.ts'
import { listDirectory, readNumber, readText, type Roots } from '../machine.ts'
import { percentOf } from '../telemetry/units.ts'

const DIRECTORY = 'class/power_supply'

type Cell = {
  readonly health: string | null
  /** What it holds when full, and what it was made for: µAh or µWh, both of the same. */
  readonly full: number | null
  readonly design: number | null
  readonly cycles: number | null
}

const readCell = async ({ sysRoot }: Roots, name: string): Promise<Cell | null> => {
  const number = (file: string) => readNumber(sysRoot, DIRECTORY, name, file)
  const text = (file: string) => readText(sysRoot, DIRECTORY, name, file)
  if ((await text('type')) !== 'Battery' || (await text('scope')) === 'Device') return null
  const unit = (await number('charge_full')) === null ? 'energy' : 'charge'
  const health = await text('health')
  return {
    health: health === 'Unknown' ? null : health,
    full: await number(`${unit}_full`),
    design: await number(`${unit}_full_design`),
    cycles: await number('cycle_count'),
  }
}

/** Their capacity together; null where one does not tell. */
const capacityOf = (cells: readonly Cell[]): number | null => {
  let full = 0
  let design = 0
  for (const cell of cells) {
    if (cell.full === null || cell.design === null || cell.design <= 0) return null
    full += cell.full
    design += cell.design
  }
  return full <= 0 ? null : percentOf(full / design)
}

/** The same, null where nothing at all is known. */
export const knownHealth = (health: BatteryHealth): BatteryHealth | null =>
  Object.values(health).every((figure) => figure === null) ? null : health

/**
 * The health of the battery; null where there is none, or nothing is told. Of several it is the worst word, the capacity of
 * all together, and the most cycles. Zero cycles mean that the battery does not count them.
 */
export const readBatteryHealth = async (roots: Roots): Promise<BatteryHealth | null> => {
  const names = await listDirectory(roots.sysRoot, DIRECTORY)
  const cells = (await Promise.all(names.map((name) => readCell(roots, name)))).filter((cell) => cell !== null)
  if (cells.length === 0) return null
  const words = cells.map(({ health }) => health).filter((health) => health !== null)
  const cycles = Math.max(0, ...cells.map((cell) => cell.cycles ?? 0))
  return knownHealth({
    health: (words.find((word) => word !== 'Good') ?? words[0])?.slice(0, 64) ?? null,
    capacity_percent: capacityOf(cells),
    cycles: cycles > 0 ? cycles : null,
  })
}
