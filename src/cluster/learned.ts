/** What the scheduler learns of a device from the ends of its attempts: programs that it has, and what it cannot run. Pure. */
import type { FinishedParams } from '../../schemas/index.ts'
import { type Demand, demandOf, programOf } from './demand.ts'
import type { DeviceRecord, Lack, Learned, TaskRecord } from './ports/records.ts'

/** Of each list so much is kept: a device that is asked for ever new programs must not grow without bound. */
const MOST = 256
/**
 * After a day a device is asked once more: its owner may have installed what was missing, and nobody told us. Before that it
 * is asked again when it stops and comes back, or says hello with another profile.
 */
const LACK_MS = 86_400_000
/** Longer names are not learned: the store keeps them with every device. */
const LONGEST_NAME = 256

/** Of a device that is new here. */
export const nothingLearned: Learned = { programs: [], lacks: [], failures: 0, probation: null }

/** Why a device rejects a task, as far as it concerns others like it. */
export type RejectionCause = NonNullable<FinishedParams['rejection']>

const lackOf = (cause: RejectionCause, { task_type, program, input_kib }: Demand, now: number): Lack => {
  if (cause === 'program' && program !== null) return { kind: 'program', name: program, input_kib: 0, since_ms: now }
  if (cause === 'input') return { kind: 'input', name: task_type, input_kib, since_ms: now }
  return { kind: 'task_type', name: task_type, input_kib: 0, since_ms: now }
}

const concerns = ({ kind, name, input_kib }: Lack, demand: Demand): boolean =>
  kind === 'program'
    ? name === demand.program
    : name === demand.task_type && (kind === 'task_type' || demand.input_kib >= input_kib)

/** What stands between a device and a task, of what it has said of others; undefined where nothing does. */
export const findLack = ({ lacks }: Learned, demand: Demand): Lack | undefined =>
  lacks.find((lack) => concerns(lack, demand))

/** It has rejected a task: it is not asked again for the like. Epoch milliseconds. */
export const withLack = (learned: Learned, cause: RejectionCause, demand: Demand, now: number): Learned => {
  const lack = lackOf(cause, demand, now)
  // Small input that is too large would forbid the type; that this one task was too large says less.
  if (lack.name.length > LONGEST_NAME || (cause === 'input' && lack.input_kib === 0)) return learned
  const lacks = learned.lacks.filter(({ kind, name }) => kind !== lack.kind || name !== lack.name)
  return {
    ...learned,
    programs: lack.kind === 'program' ? learned.programs.filter((name) => name !== lack.name) : learned.programs,
    lacks: [...lacks, lack].slice(-MOST),
  }
}

/** It has completed a task: it has the program, and lacks nothing of the kind. The same object where that was known. */
export const withRun = (learned: Learned, record: TaskRecord): Learned => {
  const program = programOf(record)
  const isNew = program !== null && program.length <= LONGEST_NAME && !learned.programs.includes(program)
  if (!isNew && learned.lacks.length === 0) return learned
  const demand = demandOf(record)
  const lacks = learned.lacks.filter((lack) => !concerns(lack, demand))
  if (!isNew && lacks.length === learned.lacks.length) return learned
  return { ...learned, lacks, programs: isNew ? [...learned.programs, program].slice(-MOST) : learned.programs }
}

/** It may have changed: it is asked again for whatever it could not run. */
export const withoutLacks = (learned: Learned): Learned =>
  learned.lacks.length === 0 ? learned : { ...learned, lacks: [] }

/** The device without what it said so long ago that it is to be asked again. The same object where nothing is. */
export const withoutStaleLacks = (device: DeviceRecord, now: number): DeviceRecord => {
  const { learned } = device
  if (learned.lacks.every(({ since_ms }) => now - since_ms < LACK_MS)) return device
  return { ...device, learned: { ...learned, lacks: learned.lacks.filter(({ since_ms }) => now - since_ms < LACK_MS) } }
}
