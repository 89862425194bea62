/** Which devices can run which tasks. Pure. */
import {
  builtinTypes,
  isBuiltin,
  type Offer,
  type Permission,
  permissions,
  type PlacementReasonCode,
  type Requirements,
} from '../../schemas/index.ts'
import type { Demand, Needs } from './demand.ts'
import { findLack } from './learned.ts'
import type { DeviceRecord, Lack } from './ports/records.ts'

/** What stands between a device and a task, as {@link placementReasons} call it. */
export type UnmetCode = Extract<
  PlacementReasonCode,
  'not_requested' | 'type_not_offered' | 'not_allowed' | 'requirement_unmet' | 'rejected' | 'not_now'
>

/** How the requirement is called that a worker must meet for tasks with files. */
const FILES = 'files'

/** What a device lacks: the requirement, what was asked, and what it has. */
export type Unmet = {
  readonly code: UnmetCode
  readonly requirement: string
  readonly required: unknown
  readonly available: unknown
  /** What its worker would have to be started with, as `--allow` takes it, where that alone is missing. */
  readonly allow?: string | undefined
}

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

/** What a task may have: the owner may keep part of the memory. */
const memoryOf = ({ profile, offer }: DeviceRecord) =>
  profile.memory_total_gb === null ? null : Math.min(profile.memory_total_gb, offer.policy?.max_memory_gb ?? Infinity)

const atLeast = (value: number | null, required: number) => value !== null && value >= required
const holdsAll = (held: readonly string[], required: readonly string[]) => required.every((one) => held.includes(one))

/** One line per requirement: none is ignored. */
const checks: { readonly [K in keyof Required<Requirements>]: Check } = {
  min_cpu_cores: check(
    'min_cpu_cores',
    (n, { profile }) => atLeast(profile.cpu_cores, n),
    ({ profile }) => profile.cpu_cores,
  ),
  min_memory_gb: check('min_memory_gb', (n, device) => atLeast(memoryOf(device), n), memoryOf),
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
  // A program that it has run well is a capability, whether its profile names it or not.
  capabilities: check(
    'capabilities',
    (all, { profile, learned }) =>
      all.every((one) => profile.capabilities.includes(one) || learned.programs.includes(one)),
    ({ profile, learned }) => [...new Set([...profile.capabilities, ...learned.programs])],
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

/** The types of an offer: those that every worker knows, then those of the owner's own. */
export const typesOf = ({ task_types, custom_types }: Offer): string[] => [
  ...task_types,
  ...custom_types.map(({ task_type }) => task_type),
]

/** True where the device runs tasks of this type. */
export const offers = ({ offer }: DeviceRecord, task_type: string): boolean =>
  offer.task_types.includes(task_type) || offer.custom_types.some((custom) => custom.task_type === task_type)

/** True where the owner of the device allows what a task needs beside its type. */
const allows = ({ offer }: DeviceRecord, permission: Permission | null): boolean =>
  permission === null || offer.allow.includes(permission)

/** What a worker must be started with for such a task; undefined where every worker runs its type, or only some know it. */
const allowFor = ({ task_type, permission }: Pick<Needs, 'task_type' | 'permission'>): string | undefined => {
  if (permission !== null) return `${permissions[permission]},${permission}`
  return isBuiltin(task_type) && builtinTypes[task_type].needsAllow ? task_type : undefined
}

/** The type or the permission that no owner allows; undefined where each is allowed somewhere, or needs no word of an owner. */
export const allowedNowhere = (needs: Needs, devices: readonly DeviceRecord[]): string | undefined => {
  const { task_type, permission } = needs
  if (allowFor(needs) === undefined) return undefined
  if (!devices.some((device) => offers(device, task_type))) return task_type
  return permission === null || devices.some((device) => allows(device, permission)) ? undefined : permission
}

/** True where the worker of the device knows files, or the task has none. */
const takesFiles = ({ files }: Pick<Needs, 'files'>, { offer }: DeviceRecord): boolean => !files || offer.files === true

const isMeant = ({ requested_device_id }: Needs, { id }: DeviceRecord): boolean =>
  requested_device_id === null || requested_device_id === id

/** `lasting`: what passes by itself is left aside. */
const meets = ({ requirements }: Needs, device: DeviceRecord, which: 'all' | 'lasting'): boolean => {
  for (const name in requirements) {
    const requirement = name as keyof Requirements
    if (which === 'lasting' && checks[requirement].passing === true) continue
    if (!checks[requirement].meets(requirements[requirement] as never, device)) return false
  }
  return true
}

/** What will always stand in the way: charge, plug, network and free space pass, and what a device says of itself may change. */
function* lasting(demand: Needs, device: DeviceRecord): Generator<Unmet> {
  if (!isMeant(demand, device))
    yield {
      code: 'not_requested',
      requirement: 'device_id',
      required: demand.requested_device_id,
      available: device.id,
    }
  if (!offers(device, demand.task_type))
    yield {
      code: 'type_not_offered',
      requirement: 'task_type',
      required: demand.task_type,
      available: typesOf(device.offer),
      allow: allowFor(demand),
    }
  if (!allows(device, demand.permission))
    yield {
      code: 'not_allowed',
      requirement: 'permission',
      required: demand.permission,
      available: device.offer.allow,
      allow: allowFor(demand),
    }
  if (!takesFiles(demand, device))
    yield {
      code: 'requirement_unmet',
      requirement: FILES,
      required: 'a worker that takes tasks with files',
      available: device.profile.worker_version,
    }
  yield* requirementsUnmet(demand, device, 'requirement_unmet')
}

/** What it has said: that it cannot run this task, or the like of it. */
function* rejections(demand: Demand, device: DeviceRecord): Generator<Unmet> {
  const unmet = { code: 'rejected', requirement: 'not_rejected', required: demand.task_type } as const
  if (demand.rejected_by.includes(device.id)) yield { ...unmet, available: 'cannot run this task' }
  const lack = findLack(device.learned, demand)
  if (lack !== undefined) yield { ...unmet, available: toldOf(lack) }
}

const toldOf = ({ kind, name, input_kib }: Lack): string =>
  ({
    program: `cannot run ${name}; once it can, start its worker anew`,
    task_type: `does not run ${name}`,
    input: `cannot take ${input_kib} KiB of input for ${name}`,
  })[kind]

function* requirementsUnmet(
  { requirements }: Needs,
  device: DeviceRecord,
  code: 'requirement_unmet' | 'not_now',
): Generator<Unmet> {
  for (const name of Object.keys(requirements) as (keyof Requirements)[]) {
    const { meets, has, passing } = checks[name]
    const required = requirements[name]
    if ((code === 'not_now') !== (passing === true)) continue
    if (!meets(required as never, device)) yield { code, requirement: name, required, available: has(device) }
  }
}

/** All that stands in the way now, the most lasting first. */
function* unmetOf(demand: Demand, device: DeviceRecord): Generator<Unmet> {
  yield* lasting(demand, device)
  yield* rejections(demand, device)
  yield* requirementsUnmet(demand, device, 'not_now')
}

/** What stands in the way now, the most lasting of it; undefined where nothing does. */
export const unmetNow = (demand: Demand, device: DeviceRecord): Unmet | undefined => {
  for (const unmet of unmetOf(demand, device)) return unmet
  return undefined
}

const suits = (needs: Needs, device: DeviceRecord, which: 'all' | 'lasting'): boolean =>
  isMeant(needs, device) &&
  offers(device, needs.task_type) &&
  allows(device, needs.permission) &&
  takesFiles(needs, device) &&
  meets(needs, device, which)

/** True where nothing stands in the way now. A pass asks this of classes × devices: here nothing is made to tell why not. */
export const fits = (demand: Demand, device: DeviceRecord): boolean =>
  suits(demand, device, 'all') &&
  !demand.rejected_by.includes(device.id) &&
  findLack(device.learned, demand) === undefined

/** True where {@link unmetEver} has nothing to tell. A submission asks this of one device after the other. */
export const couldEverRun = (needs: Needs, device: DeviceRecord): boolean => suits(needs, device, 'lasting')

/** All of a task that a device will never meet (`INSUFFICIENT_RESOURCES`, CONTRACT.md §3). */
export const unmetEver = (demand: Needs, device: DeviceRecord): Unmet[] => [...lasting(demand, device)]

/** True where the device could run the task at some time, as far as it has said. */
export const couldRun = (demand: Demand, device: DeviceRecord): boolean => {
  const unmet = unmetNow(demand, device)
  return unmet === undefined || unmet.code === 'not_now'
}

const value = (thing: unknown) => (thing === null ? 'unknown' : JSON.stringify(thing))

/** What is missing, in words; `--allow` where the owner would only have to allow it. */
export const explain = ({ code, requirement, required, available, allow }: Unmet, device_id: string): string => {
  if (code === 'not_requested') return `not ${device_id} was asked for, but ${String(required)}`
  if (code === 'rejected') return `${device_id} said that it ${String(available)}`
  if (requirement === FILES)
    return `the worker of ${device_id} (${String(available)}) takes no tasks with files; start a newer one there: the node serves its own at /join`
  if (allow !== undefined)
    return `${device_id} does not allow ${String(required)}; start its worker with --allow ${allow}`
  return `${requirement} ${value(required)} is not met by ${device_id}, which has ${value(available)}`
}
