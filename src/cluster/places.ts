/**
 * The devices that may be given a task, kept in the order of what their scores can be: a pass looks at the foremost of them, and finds
 * the very device that a look at all would. An upper bound of each score is kept, which is the score itself where nothing fades.
 */
import { scoreParts } from '../../schemas/index.ts'
import type { Demand } from './demand.ts'
import type { Affinity, Knowledge, Reach } from './experience.ts'
import type { DeviceRecord, TaskRecord } from './ports/records.ts'
import { fits } from './requirements.ts'
import { affinityTo, lastingMeasures, scoreOf } from './score.ts'
import { createSorted, inCodeUnits, type Sorted } from './sorted.ts'

/** A device that may be given a task. */
export type Candidate = {
  readonly device: DeviceRecord
  /** Slots that it offers. */
  readonly slots: number
  /** Slots that may be filled. */
  readonly free: number
}

/** Where the devices come from. */
export type PlaceSource = {
  /** The devices of which something has changed since this was asked last, as ids. All of them at first. */
  readonly takeChanged: () => Iterable<string>
  /**
   * The device, if what is told by {@link takeChanged} does not keep it from tasks: with as many free slots as it can have, since no
   * word comes when silence begins, a pause of a probation ends, or a slot is taken by what it is still ending.
   */
  readonly mayBeFree: (device_id: string) => Candidate | undefined
  /** The device as it is now, if it may be given a task. */
  readonly candidate: (device_id: string) => Candidate | undefined
}

/** The places of one pass. Whatever is given out meanwhile is heeded. */
export interface Places {
  /** False where no device has a free slot, whatever the task. */
  hasAny(): boolean
  /** The device that a task is to have: of those that fit the one with the highest score, of equals the first by id. */
  best(demand: Demand, record: TaskRecord): string | undefined
}

/** Of so many task types an order is kept; the one that was asked for longest ago goes first. */
const MOST_ORDERS = 16
/** What is added up in another order comes out different by less than this, points. */
const ROUNDING = 1e-9

/** A device, and what its score for a type can be, but for the points that a task has for it for reasons of its own. */
type Ranked = { readonly id: string; readonly most: number }
type Order = { readonly reach: Reach; readonly ranks: Map<string, Ranked>; readonly sorted: Sorted<Ranked> }

const byRank = (a: Ranked, b: Ranked) => b.most - a.most || inCodeUnits(a.id, b.id)

/** The score of a device for a task. */
export const scoreFor = (
  { device, slots, free }: Candidate,
  demand: Demand,
  record: TaskRecord,
  affinity: Affinity,
  knowledge: Knowledge,
): number => {
  const knowsProgram = demand.program !== null && device.learned.programs.includes(demand.program)
  return (
    scoreOf(lastingMeasures(device, knowledge.standing(demand.task_type, device))) +
    scoreOf({
      free_slots: free / slots,
      files: knowledge.keeps(record, device.id),
      affinity: affinityTo(device.id, affinity, { knowsProgram }),
    })
  )
}

/** The most points that a task has for any device for reasons of its own, but for the one that completed the like last. */
const mostOfItsOwn = ({ program }: Demand, { task }: TaskRecord, { batch }: Affinity): number => {
  const affinity = batch !== undefined && batch.size > 0 ? 1 : program === null ? 0 : 0.5
  const files = task.inputs.length > 0 ? 1 : 0
  const points = affinity * scoreParts.affinity.points + files * scoreParts.files.points
  return points === 0 ? 0 : points + ROUNDING
}

/** Keeps the places; each call begins a pass. */
export const createPlaces = (source: PlaceSource, knowledge: Knowledge): (() => Places) => {
  const open = new Set<string>()
  const orders = new Map<string, Order>()

  const rank = ({ reach, ranks, sorted }: Order, id: string, candidate: Candidate | undefined) => {
    const before = ranks.get(id)
    if (before !== undefined) sorted.remove(before)
    ranks.delete(id)
    if (candidate === undefined) return
    const { device, slots, free } = candidate
    const most = scoreOf(lastingMeasures(device, reach.most(device))) + scoreOf({ free_slots: free / slots })
    const after = { id, most }
    ranks.set(id, after)
    sorted.add(after)
  }

  const orderOf = (task_type: string): Order => {
    const known = orders.get(task_type)
    orders.delete(task_type)
    if (known?.reach.holds() === true) {
      orders.set(task_type, known)
      return known
    }
    const order = { reach: knowledge.reach(task_type), ranks: new Map<string, Ranked>(), sorted: createSorted(byRank) }
    for (const id of open) rank(order, id, source.mayBeFree(id))
    orders.set(task_type, order)
    for (const oldest of orders.keys()) {
      if (orders.size <= MOST_ORDERS) break
      orders.delete(oldest)
    }
    return order
  }

  return () => {
    /** As they are in this pass, where they have been looked at. */
    const seen = new Map<string, Candidate | undefined>()

    const heed = () => {
      for (const id of source.takeChanged()) {
        seen.delete(id)
        const candidate = source.mayBeFree(id)
        if (candidate === undefined && !open.delete(id)) continue
        if (candidate !== undefined) open.add(id)
        for (const order of orders.values()) rank(order, id, candidate)
      }
    }
    const see = (id: string): Candidate | undefined => {
      if (seen.has(id)) return seen.get(id)
      const candidate = source.candidate(id)
      seen.set(id, candidate)
      return candidate
    }

    return {
      hasAny: () => {
        heed()
        return open.size > 0
      },
      best: (demand, record) => {
        heed()
        const affinity = knowledge.affinity(record)
        let chosen: string | undefined
        let highest = -Infinity
        const look = (id: string) => {
          const candidate = see(id)
          if (candidate === undefined || !fits(demand, candidate.device)) return
          const score = scoreFor(candidate, demand, record, affinity, knowledge)
          // Equal scores go by id, so that the same state gives the same decision.
          if (score < highest || (score === highest && chosen !== undefined && chosen < id)) return
          chosen = id
          highest = score
        }
        if (demand.requested_device_id !== null) {
          look(demand.requested_device_id)
          return chosen
        }
        if (affinity.last !== undefined) look(affinity.last)
        const { sorted } = orderOf(demand.task_type)
        const more = mostOfItsOwn(demand, record, affinity)
        for (let place = 0; ; place += 1) {
          const next = sorted.at(place)
          if (next === undefined) return chosen
          const most = next.most + more
          // Whoever comes behind it has less, or as much and a later id.
          if (most < highest || (most === highest && chosen !== undefined && chosen <= next.id)) return chosen
          look(next.id)
        }
      },
    }
  }
}
