/** Which devices can run which tasks. Pure. */
import { builtinTypes, isBuiltin, type Requirements } from '../../schemas/index.ts'
import type { DeviceRecord } from './ports/store.ts'

/** What of a task decides where it may run. */
export type Demand = {
  readonly task_type: string
  readonly requested_device_id: string | null
  readonly requirements: Requirements
  readonly rejected_by: readonly string[]
}

/** What a device lacks: the requirement, what was asked, and what it has. */
export type Unmet = { readonly requirement: string; readonly required: unknown; readonly available: unknown }

type Check = {
  /** True where the answer changes by itself (charge, plug, free space): such a check never makes a task impossible. */
  readonly passing?: true
  readonly meets: (required: never, device: DeviceRecord) => boolean
  readonly has: (device: DeviceRecord) => unknown
}

const check = <K extends keyof Requirements>(
  _name: K,
  meets: (required: NonNullable<Requirements[K]>, device: DeviceRecord) => boolean,
  has: (device: DeviceRecord) => unknown,
  more: { passing?: true } = {},
): Check => ({ meets: meets, has, ...more })

const freeStorage = ({ telemetry }: DeviceRecord) =>
  telemetry.storage_total_gb === null || telemetry.storage_used_gb === null
    ? null
    : Math.round((telemetry.storage_total_gb - telemetry.storage_used_gb) * 100) / 100

const atLeast = (value: number | null, required: number) => value !== null && value >= required
const holdsAll = (held: readonly string[], required: readonly string[]) => required.every((one) => held.includes(one))

/** One line per requirement: none is ignored. */
const checks: { readonly [K in keyof Required<Requirements>]: Check } = {
  min_cpu_cores: check(
    'min_cpu_cores',
    (n, { profile }) => atLeast(profile.cpu_cores, n),
    ({ profile }) => profile.cpu_cores,
  ),
  min_memory_gb: check(
    'min_memory_gb',
    (n, { profile }) => atLeast(profile.memory_total_gb, n),
    ({ profile }) => profile.memory_total_gb,
  ),
  min_storage_gb: check('min_storage_gb', (n, device) => atLeast(freeStorage(device), n), freeStorage, {
    passing: true,
  }),
  platform: check(
    'platform',
    (os, { profile }) => profile.platform.os === os,
    ({ profile }) => profile.platform.os,
  ),
  arch: check(
    'arch',
    (arch, { profile }) => profile.platform.arch === arch,
    ({ profile }) => profile.platform.arch,
  ),
  role: check(
    'role',
    (role, device) => device.role === role,
    ({ role }) => role,
  ),
  tags: check(
    'tags',
    (tags, device) => holdsAll(device.tags, tags),
    ({ tags }) => tags,
  ),
  capabilities: check(
    'capabilities',
    (all, { profile }) => holdsAll(profile.capabilities, all),
    ({ profile }) => profile.capabilities,
  ),
  // A device without a battery meets both (CONTRACT.md §3); one that has a battery and does not tell, meets neither.
  min_battery_percent: check(
    'min_battery_percent',
    (n, { telemetry }) => telemetry.battery === null || atLeast(telemetry.battery.level, n),
    ({ telemetry }) => telemetry.battery?.level ?? null,
    { passing: true },
  ),
  charging: check(
    'charging',
    (charging, { telemetry }) => telemetry.battery === null || telemetry.battery.charging === charging,
    ({ telemetry }) => telemetry.battery?.charging ?? null,
    { passing: true },
  ),
  not_metered: check(
    'not_metered',
    (wanted, { telemetry }) => !wanted || telemetry.metered !== true,
    ({ telemetry }) => telemetry.metered,
    { passing: true },
  ),
}

/** True where the device runs tasks of this type. */
export const offers = ({ offer }: DeviceRecord, task_type: string): boolean =>
  offer.task_types.includes(task_type) || offer.custom_types.some((custom) => custom.task_type === task_type)

function* unmetOf(demand: Demand, device: DeviceRecord, look: { ever: boolean }): Generator<Unmet> {
  if (demand.requested_device_id !== null && demand.requested_device_id !== device.id)
    yield { requirement: 'device_id', required: demand.requested_device_id, available: device.id }
  if (!offers(device, demand.task_type))
    yield { requirement: 'task_type', required: demand.task_type, available: device.offer.task_types }
  if (demand.rejected_by.includes(device.id))
    yield {
      requirement: 'not_rejected',
      required: demand.task_type,
      available: 'the device said that it cannot run it',
    }
  for (const [name, { meets, has, passing }] of Object.entries(checks)) {
    const required = demand.requirements[name as keyof Requirements]
    if (required === undefined || (look.ever && passing)) continue
    if (!meets(required as never, device)) yield { requirement: name, required, available: has(device) }
  }
}

/** What stands in the way now; undefined where nothing does. */
export const unmetNow = (demand: Demand, device: DeviceRecord): Unmet | undefined => {
  for (const unmet of unmetOf(demand, device, { ever: false })) return unmet
  return undefined
}

/** All that will always stand in the way: charge, plug, network and free space pass, and do not count. */
export const unmetEver = (demand: Demand, device: DeviceRecord): Unmet[] => [...unmetOf(demand, device, { ever: true })]

/** What is missing, in words; `--allow` where the owner would only have to allow it. */
export const explain = ({ requirement, required, available }: Unmet, device_id: string): string => {
  if (
    requirement === 'task_type' &&
    typeof required === 'string' &&
    isBuiltin(required) &&
    builtinTypes[required].needsAllow
  )
    return `${device_id} does not allow ${required}; start its worker with --allow ${required}`
  const value = (thing: unknown) => (thing === null ? 'unknown' : JSON.stringify(thing))
  return `${requirement} ${value(required)} is not met by ${device_id}, which has ${value(available)}`
}
