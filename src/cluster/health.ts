/** A check of each part of the cluster. */
import type { ClusterConfig, ClusterHealth } from '../../schemas/index.ts'
import type { Absences } from './absence.ts'
import type { Fleet } from './fleet.ts'
import { toPercent } from './history.ts'
import type { Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import type { State } from './state.ts'

type Verdict = ClusterHealth['overall_health']
type Checks = ClusterHealth['checks']

const severity: readonly Verdict[] = ['healthy', 'warning', 'unhealthy']
const worst = (verdicts: readonly Verdict[]): Verdict =>
  severity[Math.max(...verdicts.map((verdict) => severity.indexOf(verdict)))] ?? 'unhealthy'

/** The mean of what is known; null where nothing is. */
export const meanOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** Used over total, of the devices that tell both; null where none does. */
const usageOf = (pairs: readonly (readonly [used: number | null, total: number | null])[]): number | null => {
  let used = 0
  let total = 0
  for (const [part, whole] of pairs) {
    if (part === null || whole === null) continue
    used += part
    total += whole
  }
  return total === 0 ? null : toPercent((used / total) * 100)
}

const checkDatabase = async ({ store, clock, log, takesWork }: HealthContext): Promise<Checks['database']> => {
  const began = clock.monotonic()
  try {
    await store.probe()
    const response_time_ms = Math.round((clock.monotonic() - began) * 1000) / 1000
    const storage_full = !takesWork()
    return { status: storage_full ? 'unhealthy' : 'healthy', response_time_ms, storage_full }
  } catch (error) {
    log.error({ err: error }, 'the store did not answer a health check')
    return { status: 'unhealthy', response_time_ms: null, storage_full: !takesWork() }
  }
}

const checkNetwork = (state: State, fleet: Fleet, mass_silence: boolean): Checks['network'] => {
  const devices = [...state.devices.values()].filter(({ status }) => status !== 'pending_approval')
  const online = devices.filter(({ status }) => status === 'online')
  const silent = devices.filter((device) => state.assignedTo(device.id).size > 0 && fleet.isSilent(device))
  const noneLeft = mass_silence || online.length === 0
  const status: Verdict = online.length === devices.length ? 'healthy' : noneLeft ? 'unhealthy' : 'warning'
  return { status, connected_devices: fleet.connected(), silent_devices: silent.length, mass_silence }
}

const checkResources = (devices: readonly DeviceRecord[], thresholds: ClusterConfig['health']): Checks['resources'] => {
  const cpu = meanOf(devices.map(({ telemetry }) => telemetry.cpu_usage))
  const figures = {
    cpu_usage: cpu === null ? null : toPercent(cpu),
    memory_usage: usageOf(devices.map(({ telemetry, profile }) => [telemetry.memory_used_gb, profile.memory_total_gb])),
    storage_usage: usageOf(devices.map(({ telemetry }) => [telemetry.storage_used_gb, telemetry.storage_total_gb])),
  }
  const verdicts = Object.values(figures).map((usage): Verdict => {
    if (usage === null || usage < thresholds.usage_warning) return 'healthy'
    return usage < thresholds.usage_critical ? 'warning' : 'unhealthy'
  })
  return { status: worst(verdicts), ...figures }
}

const checkFiles = (storage_full: boolean): Required<Checks>['files'] => ({
  status: storage_full ? 'unhealthy' : 'healthy',
  storage_full,
})

/** What the checks look at. */
export type HealthContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly absences: Absences
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Whether there is room for more tasks. */
  readonly takesWork: () => boolean
  readonly thresholds: () => ClusterConfig['health']
  /** Whether files are refused, as there is no room for them. */
  readonly filesAreFull: () => boolean
}

/** Checks each part now. */
export const clusterHealth = async (context: HealthContext): Promise<ClusterHealth> => {
  const { state, fleet, absences, thresholds, filesAreFull } = context
  const database = await checkDatabase(context)
  const online = [...state.devices.values()].filter(({ status }) => status === 'online').map(fleet.current)
  const checks = {
    database,
    network: checkNetwork(state, fleet, absences.isMassSilence()),
    resources: checkResources(online, thresholds()),
    files: checkFiles(filesAreFull()),
  }
  return { overall_health: worst(Object.values(checks).map(({ status }) => status)), checks }
}
