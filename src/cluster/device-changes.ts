/** What the owner changes of devices: their fields, many at once, and their removal. */
import {
  closeCodes,
  type DeviceBatch,
  type DeviceBatchOutcome,
  type DevicePatch,
  type DeviceRemoval,
} from '../../schemas/index.ts'
import type { Absences } from './absence.ts'
import { deviceNotFound } from './admission.ts'
import { refOf } from './attempt.ts'
import { ClusterError } from './errors.ts'
import type { Experience } from './experience.ts'
import type { Fleet } from './fleet.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Liveness } from './liveness.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { Revocations } from './revocations.ts'
import type { State } from './state.ts'
import type { Telemetries } from './telemetry.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** What the changes work with. */
export type ChangeContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly work: UnitOfWork
  readonly lifecycle: Lifecycle
  readonly liveness: Liveness
  readonly absences: Absences
  readonly telemetries: Telemetries
  readonly experience: Experience
  readonly revocations: Revocations
}

/** A registered device. Throws `DEVICE_NOT_FOUND`. */
export const findDevice = (state: State, device_id: string): DeviceRecord => {
  const device = state.devices.get(device_id)
  if (device === undefined) throw deviceNotFound(device_id, state.devices.values())
  return device
}

const change = (tx: Transaction, device: DeviceRecord, patch: DevicePatch) => {
  tx.putDevice({ ...device, ...patch })
  tx.log('info', {
    component: 'device_registry',
    device_id: device.id,
    task_id: null,
    message: `device ${device.id} was changed`,
    details: { ...patch },
  })
}

const approve = ({ fleet, liveness }: ChangeContext, tx: Transaction, device: DeviceRecord) => {
  if (device.status !== 'pending_approval') return
  const { id } = device
  const live = fleet.of(id)
  const isConnected = live.link !== null
  tx.putDevice({ ...device, status: isConnected ? 'online' : 'offline' })
  if (isConnected) tx.record({ type: 'device_online', device_id: id, joined: true })
  tx.log('info', {
    component: 'device_registry',
    device_id: id,
    task_id: null,
    message: `device ${id} was approved`,
    details: {},
  })
  tx.after(() => {
    if (isConnected) liveness.watch(id)
    // A hello that went to the disk by the same commit was still that of a device that waits.
    else live.link?.close(closeCodes.approved, 'this device was approved')
  })
}

const remove = (context: ChangeContext, tx: Transaction, device_id: string, force: boolean): DeviceRemoval => {
  const { state, fleet, lifecycle, liveness, absences, telemetries, experience, revocations } = context
  const device = findDevice(state, device_id)
  const unfinished = [
    ...[...state.assignedTo(device_id)].map((task_id) => state.tasks.get(task_id)),
    ...state.pinnedTo(device_id),
  ].filter((record) => record !== undefined)
  if (unfinished.length > 0 && !force)
    throw new ClusterError('DEVICE_BUSY', { device_id, unfinished_tasks: unfinished.length })
  // Asked for its connection when all is on disk: a hello in the same commit brings another one.
  const live = fleet.of(device_id)
  for (const record of unfinished) {
    lifecycle.cancelled(tx, record, `its device ${device_id} was removed`)
    if (record.task.device_id === device_id) tx.after(() => live.link?.notify('task.cancel', refOf(record)))
  }
  tx.removeDevice(device_id)
  revocations.revoke(tx, device)
  tx.record({ type: 'device_removed', device_id })
  tx.log('info', {
    component: 'device_registry',
    device_id,
    task_id: null,
    message: `device ${device_id} was removed`,
    details: { cancelled_tasks: unfinished.length },
  })
  tx.after(() => {
    absences.end(device_id)
    liveness.unwatch(device_id)
    telemetries.forget(device_id)
    experience.forget(device_id)
    fleet.forget(device_id)
    live.link?.close(closeCodes.removed, 'this device was removed from the cluster')
  })
  return { removed_device: device_id, cancelled_tasks: unfinished.length }
}

/** Changes one device. Errors: `DEVICE_NOT_FOUND`. */
export const updateDevice = ({ state, work }: ChangeContext, device_id: string, patch: DevicePatch): Promise<void> =>
  work.run((tx) => {
    change(tx, findDevice(state, device_id), patch)
    return () => undefined
  })

/** Lets a device in that waits for it; one that does not stays as it is. Errors: `DEVICE_NOT_FOUND`. */
export const approveDevice = (context: ChangeContext, device_id: string): Promise<void> =>
  context.work.run((tx) => {
    approve(context, tx, findDevice(context.state, device_id))
    return () => undefined
  })

/** Removes one device. Errors: `DEVICE_NOT_FOUND`, `DEVICE_BUSY`. */
export const removeDevice = async (
  context: ChangeContext,
  device_id: string,
  force: boolean,
): Promise<DeviceRemoval> => {
  // What started a moment ago is known to have then.
  await context.work.read(() => undefined)
  return context.work.run((tx) => {
    const removal = remove(context, tx, device_id, force)
    return () => removal
  })
}

/** CONTRACT.md §5: one call speaks of so many devices at most. */
const MOST_DEVICES = 1000

const refused = (path: string, message: string) =>
  new ClusterError('VALIDATION_ERROR', {
    reason: `${path === '' ? 'the body' : path.slice(1)} ${message}`,
    issues: [{ in: 'body', path, message }],
  })

/** Does one thing to many devices, with an outcome for each. Errors: `VALIDATION_ERROR`. */
export const changeDevices = async (context: ChangeContext, batch: DeviceBatch): Promise<DeviceBatchOutcome> => {
  const { state, work } = context
  // As where one is removed.
  if (batch.remove !== undefined) await work.read(() => undefined)
  return work.run((tx) => {
    const { tag } = batch
    const ids =
      batch.device_ids ??
      [...state.devices.values()].filter(({ tags }) => tag !== undefined && tags.includes(tag)).map(({ id }) => id)
    if (ids.length > MOST_DEVICES)
      throw refused(
        '/tag',
        `stands for ${ids.length} devices, and one call changes ${MOST_DEVICES} at most; name them in device_ids`,
      )
    const act = (device_id: string) => {
      const device = findDevice(state, device_id)
      if (batch.set !== undefined) change(tx, device, batch.set)
      else if (batch.remove !== undefined) remove(context, tx, device_id, batch.remove.force ?? false)
      else approve(context, tx, device)
    }
    const outcomes = ids.map((device_id) => {
      try {
        act(device_id)
        return { device_id, ok: true, code: null }
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error
        return { device_id, ok: false, code: error.code }
      }
    })
    return () => ({ outcomes, changed: outcomes.filter(({ ok }) => ok).length })
  })
}
