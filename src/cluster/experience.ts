/** What past runs tell of the devices: how well and how fast they run a type, and who has warm caches. In memory; rebuilt from the counted ends at start. */
import type { Benchmarks } from './benchmarks.ts'
import { likeOf } from './demand.ts'
import { createKeptFiles } from './files/kept-files.ts'
import { HOUR_MS } from './periods.ts'
import type { DeviceRecord, TaskRecord } from './ports/records.ts'
import type { TaskEnds } from './ports/store.ts'
import { shareByTime } from './speed.ts'

/** After this time a run counts half: what a device was this morning says little of it tonight. */
const HALF_LIFE_MS = 6 * HOUR_MS
/** What is read back at the start; an older run counts less than a sixteenth. */
export const REMEMBERED_MS = 4 * HALF_LIFE_MS
/** Of so many kinds of like tasks it is kept who completed the last one; the oldest are forgotten. */
const MOST_KINDS = 10_000

/** Runs of one type: counts, and the running time of the completed ones. They fade. */
type Runs = { completed: number; failed: number; seconds: number; /** Epoch milliseconds. */ atMs: number }
type DeviceRuns = Runs & { lastCompletedMs: number }
/** Runs of a type by device, and their sum: fading is linear, so that the sum fades like its parts. */
type TypeRuns = { readonly devices: Map<string, DeviceRuns>; readonly all: Runs }

/** How a device has done with a type: each 0–1. Of a speed that no run has shown its benchmark tells; 0.5 where nothing is known. */
export type Standing = { readonly success: number; readonly speed: number }

/** Which devices are better for a task for reasons of its own. */
export type Affinity = {
  /** Completed the like last. */
  readonly last: string | undefined
  /** Have had tasks of its batch. */
  readonly batch: ReadonlySet<string> | undefined
  /** The task itself failed there last time: somewhere else says more. */
  readonly avoided: string | undefined
}

/** Bounds of the standings of a type, for those who keep devices in an order by them. */
export interface Reach {
  /** False once they are none any more, or say too little: there are new ones then. */
  holds(): boolean
  /**
   * The least that is known to be no less than the standing of a device, for as long as the bounds hold and it ends no further run: the
   * standing itself where it has ended none.
   */
  most(device: DeviceRecord): Standing
}

/** What the scheduler asks. */
export interface Knowledge {
  standing(task_type: string, device: DeviceRecord): Standing
  reach(task_type: string): Reach
  affinity(record: TaskRecord): Affinity
  /** The share of the inputs of a task that a device keeps, 0–1. */
  keeps(record: TaskRecord, device_id: string): number
}

/** What past runs tell. */
export interface Experience extends Knowledge {
  /** Reads back how tasks ended before the start. */
  recall(ends: readonly TaskEnds[]): void
  /** The device was given a task. */
  given(record: TaskRecord, device_id: string): void
  /** The device has completed the task; in seconds, null where it did not tell. */
  completed(record: TaskRecord, device_id: string, seconds: number | null): void
  /** The task has failed on the device, or was lost with it. */
  failed(task_type: string, device_id: string): void
  /** The mean running time on that device, else over all devices, in seconds; undefined where none has completed. */
  mean(task_type: string, device_id: string): number | undefined
  /** True where a device other than this one has completed the type within the last hour. */
  completedElsewhere(task_type: string, device_id: string): boolean
  /** No task of the batch is left. */
  dropBatch(batch_id: string): void
  /** The device was removed. */
  forget(device_id: string): void
}

const noRuns = (atMs: number): Runs => ({ completed: 0, failed: 0, seconds: 0, atMs })

// A wall clock that jumps back must not make runs count more than they did.
const shareLeft = (elapsedMs: number) => 2 ** (-Math.max(0, elapsedMs) / HALF_LIFE_MS)

/** The runs as they count now. */
const faded = <R extends Runs>(runs: R, nowMs: number): R => {
  const share = shareLeft(nowMs - runs.atMs)
  runs.completed *= share
  runs.failed *= share
  runs.seconds *= share
  runs.atMs = nowMs
  return runs
}

const add = (to: Runs, some: Omit<Runs, 'atMs'>, sign: 1 | -1 = 1) => {
  to.completed += sign * some.completed
  to.failed += sign * some.failed
  to.seconds += sign * some.seconds
}

const meanOf = (runs: Runs | undefined): number | undefined =>
  runs === undefined || runs.completed === 0 ? undefined : runs.seconds / runs.completed

const speedOf = (own: number | undefined, cluster: number | undefined): number | undefined =>
  own === undefined || cluster === undefined ? undefined : shareByTime(own, cluster)

/** So long bounds hold at the most, milliseconds. */
const REACH_MS = 600_000
/** By so much a success that is below one half rises meanwhile, as its runs fade: its slope over the share that is left is 1/8 of that at the most. */
const RISE = (1 / shareLeft(REACH_MS) - 1) / 8
/** A cluster's mean that has gone further from what it was, as a factor, asks for new bounds; bounds are made for a little more. */
const MEAN_MOVES = 1.04
const MEAN_BOUND = 1.05

/**
 * Nothing is known yet.
 * @param now - epoch milliseconds
 * @param benchmarks - how fast the devices are where no run tells
 * @param changed - the device has ended a run: it stands otherwise than before
 */
export const createExperience = (
  now: () => number,
  benchmarks: Pick<Benchmarks, 'speedOf' | 'median'>,
  changed: (device_id: string) => void = () => undefined,
): Experience => {
  const types = new Map<string, TypeRuns>()
  /** Like tasks → the device that completed the last one. */
  const lasts = new Map<string, string>()
  const batches = new Map<string, Set<string>>()
  const keptFiles = createKeptFiles()

  const count = (task_type: string, device_id: string, some: Omit<Runs, 'atMs'>): DeviceRuns => {
    const type = types.get(task_type) ?? { devices: new Map<string, DeviceRuns>(), all: noRuns(now()) }
    types.set(task_type, type)
    const runs = type.devices.get(device_id) ?? { ...noRuns(now()), lastCompletedMs: -Infinity }
    type.devices.set(device_id, runs)
    add(faded(runs, now()), some)
    add(faded(type.all, now()), some)
    changed(device_id)
    return runs
  }

  const measuredSpeed = (device: DeviceRecord) => benchmarks.speedOf(device) ?? 0.5
  const successOf = (runs: Runs) => {
    const { completed, failed } = faded(runs, now())
    return (completed + 1) / (completed + failed + 2)
  }
  const runsOf = (task_type: string, { id }: DeviceRecord) => types.get(task_type)?.devices.get(id)
  const meanOfAll = (task_type: string) => meanOf(types.get(task_type)?.all)

  return {
    standing: (task_type, device) => {
      const runs = runsOf(task_type, device)
      if (runs === undefined) return { success: 0.5, speed: measuredSpeed(device) }
      return {
        success: successOf(runs),
        speed: speedOf(meanOf(runs), meanOfAll(task_type)) ?? measuredSpeed(device),
      }
    },
    reach: (task_type) => {
      const [fromMs, median, mean] = [now(), benchmarks.median(), meanOfAll(task_type)]
      const hasMoved = (latest: number | undefined) =>
        latest === undefined || mean === undefined
          ? latest !== mean
          : latest > mean * MEAN_MOVES || latest * MEAN_MOVES < mean
      let lastMs = fromMs
      return {
        holds: () => {
          const nowMs = now()
          // Of a wall clock that was set back nobody knows how much it fades.
          const isSteady = nowMs >= lastMs && nowMs - fromMs <= REACH_MS
          lastMs = isSteady ? nowMs : Infinity
          return isSteady && benchmarks.median() === median && !hasMoved(meanOfAll(task_type))
        },
        most: (device) => {
          const runs = runsOf(task_type, device)
          if (runs === undefined) return { success: 0.5, speed: measuredSpeed(device) }
          return {
            success: Math.min(1, successOf(runs) + RISE),
            speed: speedOf(meanOf(runs), mean && mean * MEAN_BOUND) ?? measuredSpeed(device),
          }
        },
      }
    },
    affinity: (record) => {
      const { batch_id, attempts } = record.task
      const latest = attempts.at(-1)
      return {
        last: lasts.get(likeOf(record)),
        batch: batch_id === null ? undefined : batches.get(batch_id),
        avoided: latest?.outcome === 'failed' ? latest.device_id : undefined,
      }
    },
    keeps: keptFiles.share,
    recall: (ends) => {
      for (const { hour_ms, device_id, task_type, status, count: runs, execution_seconds } of ends) {
        if (device_id === null || (status !== 'completed' && status !== 'failed')) continue
        const share = shareLeft(now() - hour_ms)
        const some = { completed: 0, failed: 0, seconds: 0, [status]: runs * share }
        if (status === 'failed') count(task_type, device_id, some)
        else {
          const counted = count(task_type, device_id, { ...some, seconds: execution_seconds * share })
          // Within that hour nobody knows when: at its beginning, so that it is never taken for later than it was.
          counted.lastCompletedMs = Math.max(counted.lastCompletedMs, hour_ms)
        }
      }
    },
    given: (record, device_id) => {
      keptFiles.given(record, device_id)
      const { batch_id } = record.task
      if (batch_id === null) return
      const holders = batches.get(batch_id)
      if (holders === undefined) batches.set(batch_id, new Set([device_id]))
      else holders.add(device_id)
    },
    completed: (record, device_id, seconds) => {
      // A run without a time would make the mean shorter than any run was.
      const runs = { completed: seconds === null ? 0 : 1, failed: 0, seconds: seconds ?? 0 }
      count(record.task.task_type, device_id, runs).lastCompletedMs = now()
      const like = likeOf(record)
      lasts.delete(like)
      lasts.set(like, device_id)
      const [oldest] = lasts.keys()
      if (lasts.size > MOST_KINDS && oldest !== undefined) lasts.delete(oldest)
    },
    failed: (task_type, device_id) => {
      count(task_type, device_id, { completed: 0, failed: 1, seconds: 0 })
    },
    mean: (task_type, device_id) => {
      const type = types.get(task_type)
      return meanOf(type?.devices.get(device_id)) ?? meanOfAll(task_type)
    },
    completedElsewhere: (task_type, device_id) => {
      for (const [id, { lastCompletedMs }] of types.get(task_type)?.devices ?? [])
        if (id !== device_id && now() - lastCompletedMs <= HOUR_MS) return true
      return false
    },
    dropBatch: (batch_id) => void batches.delete(batch_id),
    forget: (device_id) => {
      keptFiles.forget(device_id)
      for (const [task_type, { devices, all }] of types) {
        const runs = devices.get(device_id)
        if (runs === undefined) continue
        devices.delete(device_id)
        add(faded(all, now()), faded(runs, now()), -1)
        if (devices.size === 0) types.delete(task_type)
      }
      for (const [like, id] of lasts) if (id === device_id) lasts.delete(like)
      for (const holders of batches.values()) holders.delete(device_id)
    },
  }
}
