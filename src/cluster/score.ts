/** How well a device suits a task, 0–100. Pure. What the points are for stands in `scoreParts`. */
import { type ScorePartName, scoreParts, type ScorePoints } from '../../schemas/index.ts'
import type { Affinity, Standing } from './experience.ts'
import type { DeviceRecord } from './ports/records.ts'

/** Up to here, in degrees Celsius, nothing is lost, and from there on everything. */
const COOL = 35
const HOT = 50

/** What is measured for each part, 0–1. */
export type Measures = Readonly<Record<ScorePartName, number>>

const parts = Object.keys(scoreParts) as ScorePartName[]

const unit = (value: number) => Math.min(1, Math.max(0, value))

const powerOf = ({ battery }: DeviceRecord['telemetry']): number =>
  battery === null || battery.charging === true ? 1 : ((battery.level ?? 50) / 100) * 0.5

/** A battery is what heat ruins; a processor at work is warmer than any battery may be. */
const heatOf = ({ battery, temperature_celsius }: DeviceRecord['telemetry']): number | null =>
  battery?.temperature_celsius ?? temperature_celsius

/** What is the same for all tasks of a class, whatever else the device is given. */
export const lastingMeasures = (
  { telemetry }: DeviceRecord,
  standing: Standing,
): Omit<Measures, 'free_slots' | 'files' | 'affinity'> => {
  const { cpu_usage } = telemetry
  const heat = heatOf(telemetry)
  return {
    power: powerOf(telemetry),
    idle_cpu: cpu_usage === null ? 0.5 : unit(1 - cpu_usage / 100),
    success: standing.success,
    cool: heat === null ? 1 : unit((HOT - heat) / (HOT - COOL)),
    speed: standing.speed,
  }
}

/** How near a device is to one task. `knowsProgram`: it has run the program of the task before. */
export const affinityTo = (
  device_id: string,
  affinity: Affinity,
  { knowsProgram }: { knowsProgram: boolean },
): number => {
  if (affinity.avoided === device_id) return 0
  if (affinity.last === device_id || affinity.batch?.has(device_id) === true) return 1
  return knowsProgram ? 0.5 : 0
}

/** The points of what was measured; what is left out brings none. */
export const scoreOf = (measures: Partial<Measures>): number => {
  let score = 0
  for (const part of parts) score += scoreParts[part].points * (measures[part] ?? 0)
  return score
}

const twoDecimals = (value: number) => Math.round(value * 100) / 100

/** A score and its points as users see them. */
export const toPoints = (measures: Measures): { score: number; score_points: ScorePoints } => ({
  score: twoDecimals(scoreOf(measures)),
  score_points: Object.fromEntries(
    parts.map((part) => [part, twoDecimals(scoreParts[part].points * measures[part])]),
  ) as ScorePoints,
})
