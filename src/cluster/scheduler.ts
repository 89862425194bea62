/** The scheduler: which task goes to which device. Pure; no clock, no await, no logger. */
import TinyQueue from 'tinyqueue'
import type { Knowledge } from './experience.ts'
import type { DeviceRecord, TaskRecord } from './ports/records.ts'
import type { PendingClass, Waiting } from './pending-queue.ts'
import { fits } from './requirements.ts'
import { affinityTo, lastingMeasures, scoreOf } from './score.ts'

/** A device that may be given a task now. */
export type Candidate = {
  readonly device: DeviceRecord
  /** Slots that it offers. */
  readonly slots: number
  /** Slots that may be filled. */
  readonly free: number
}

/** A decision. */
export type Assignment = { readonly record: TaskRecord; readonly device_id: string }

type Place = { readonly device: DeviceRecord; readonly slots: number; free: number }
/** A place for the tasks of one class, with the part of its score that stays for the pass. */
type ClassPlace = { readonly place: Place; readonly base: number; readonly knowsProgram: boolean }

/** A class whose turn it is by the rank of its head; its places are looked for when it comes to that. */
type Turn = { readonly pending: PendingClass; readonly head: Waiting; readonly fitting: ClassPlace[] | undefined }

const placesFor = ({ demand }: PendingClass, places: readonly Place[], knowledge: Knowledge): ClassPlace[] =>
  places
    .filter(({ device, free }) => free > 0 && fits(demand, device))
    .map((place) => ({
      place,
      base: scoreOf(lastingMeasures(place.device, knowledge.standing(demand.task_type, place.device))),
      knowsProgram: demand.program !== null && place.device.learned.programs.includes(demand.program),
    }))

const best = (places: readonly ClassPlace[], record: TaskRecord, knowledge: Knowledge): Place | undefined => {
  // Of most classes, when one slot is free: they are not worth a look at what is known.
  if (places.length === 0) return undefined
  const affinity = knowledge.affinity(record)
  let chosen: Place | undefined
  let highest = -Infinity
  for (const { place, base, knowsProgram } of places) {
    const { device, slots, free } = place
    if (free === 0) continue
    const near = affinityTo(device.id, affinity, { knowsProgram })
    const score =
      base + scoreOf({ free_slots: free / slots, files: knowledge.keeps(record, device.id), affinity: near })
    // Equal scores go by id, so that the same state gives the same decision.
    if (score > highest || (score === highest && chosen !== undefined && device.id < chosen.device.id)) {
      chosen = place
      highest = score
    }
  }
  return chosen
}

/**
 * The task of the class that a device is given: the head, or where that would have to fetch its inputs, one close behind it whose
 * inputs the device keeps. The head waits for another device then, or for the next slot here.
 */
const nearestTo = (device_id: string, pending: PendingClass, head: Waiting, knowledge: Knowledge): TaskRecord => {
  let chosen = head.record
  if (!pending.demand.files) return chosen
  let most = knowledge.keeps(chosen, device_id)
  if (most === 1) return chosen
  for (const { record } of pending.closeBehind()) {
    const share = knowledge.keeps(record, device_id)
    if (share <= most || knowledge.affinity(record).avoided === device_id) continue
    chosen = record
    most = share
  }
  return chosen
}

/**
 * One pass over classes × free devices; its cost does not grow with the length of the queue, but with what it gives out.
 * `take` removes an assigned task from its class, so that the class shows its next head.
 */
export const schedule = (
  classes: readonly PendingClass[],
  candidates: readonly Candidate[],
  knowledge: Knowledge,
  take: (assignment: Assignment) => void,
): void => {
  const places: Place[] = candidates.filter(({ free }) => free > 0).map((candidate) => ({ ...candidate }))
  let free = places.reduce((sum, place) => sum + place.free, 0)
  if (free === 0) return
  const order = new TinyQueue<Turn>([], (a, b) => a.head.rank - b.head.rank || a.head.sequence - b.head.sequence)
  const queueUp = (turn: Omit<Turn, 'head'>) => {
    const head = turn.pending.head()
    if (head !== undefined) order.push({ ...turn, head })
  }
  for (const pending of classes) queueUp({ pending, fitting: undefined })
  while (free > 0) {
    const turn = order.pop()
    if (turn === undefined) return
    const { pending, head } = turn
    const fitting = turn.fitting ?? placesFor(pending, places, knowledge)
    const place = best(fitting, head.record, knowledge)
    // Nothing in this class can be placed in this pass.
    if (place === undefined) continue
    place.free -= 1
    free -= 1
    take({ record: nearestTo(place.device.id, pending, head, knowledge), device_id: place.device.id })
    queueUp({ pending, fitting })
  }
}
