/** Where a task is, or could go now: what `GET /tasks/{task_id}/placement` says of each device. */
import type { DevicePlacement, TaskPlacement } from '../../schemas/index.ts'
import { type Demand, demandOf } from './demand.ts'
import type { Experience } from './experience.ts'
import type { Fleet } from './fleet.ts'
import type { DeviceRecord, TaskRecord } from './ports/records.ts'
import { couldRun } from './requirements.ts'
import { affinityTo, lastingMeasures, toPoints } from './score.ts'
import type { State } from './state.ts'
import { isFinal } from './transitions.ts'
import { distanceOf, sentenceOf, type Verdict, verdictOf } from './verdict.ts'
import type { Views } from './views.ts'

/** What a placement is made from. */
export type PlacementContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly experience: Experience
  readonly views: Views
}

const unscored = { score: null, score_points: null }

const scored = ({ fleet, experience }: PlacementContext, record: TaskRecord, demand: Demand, device: DeviceRecord) => {
  const { free } = fleet.availability(device)
  const knowsProgram = demand.program !== null && device.learned.programs.includes(demand.program)
  return toPoints({
    ...lastingMeasures(device, experience.standing(demand.task_type, device)),
    free_slots: device.offer.slots === 0 ? 0 : free / device.offer.slots,
    files: experience.keeps(record, device.id),
    affinity: affinityTo(device.id, experience.affinity(record), { knowsProgram }),
  })
}

const ended = ({ task }: TaskRecord, device: DeviceRecord): DevicePlacement => {
  const verdict: Verdict = { code: task.device_id === device.id ? 'ran_it' : 'task_final' }
  return { device_id: device.id, fits: false, reason: sentenceOf(verdict, device), ...unscored }
}

const open = (context: PlacementContext, record: TaskRecord, demand: Demand, device: DeviceRecord): DevicePlacement => {
  const has = record.task.device_id === device.id
  const verdict: Verdict = has ? { code: 'has_it' } : verdictOf(demand, device, context.fleet.availability(device))
  return {
    device_id: device.id,
    fits: has || verdict.code === 'fits',
    reason: sentenceOf(verdict, device),
    ...(couldRun(demand, device) ? scored(context, record, demand, device) : unscored),
  }
}

const inOrder = (a: DevicePlacement, b: DevicePlacement) =>
  distanceOf(a.reason) - distanceOf(b.reason) || (b.score ?? 0) - (a.score ?? 0) || (a.device_id < b.device_id ? -1 : 1)

/** The placement of a task as it is now. */
export const placementOf = (context: PlacementContext, record: TaskRecord): TaskPlacement => {
  const { task_id, status, device_id } = record.task
  const devices = [...context.state.devices.values()].map(context.fleet.current)
  const demand = context.state.queue.classOf(task_id)?.demand ?? demandOf(record)
  const { pending_reason } = context.views.task(record)
  return {
    task_id,
    status,
    device_id,
    pending_reason,
    devices: devices
      .map((device) => (isFinal(status) ? ended(record, device) : open(context, record, demand, device)))
      .sort(inOrder),
  }
}
