/** Who a device is: joining with a token, coming back with a credential, and what a hello refreshes. */
import { timingSafeEqual } from 'node:crypto'
import type { HelloParams } from '../../schemas/index.ts'
import { ClusterError } from './errors.ts'
import { hashSecret, newDeviceId } from './identifiers.ts'
import { nothingLearned, withoutLacks } from './learned.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { State } from './state.ts'

const sameSecret = (a: string, b: string) => timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)))

const sameWords = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, i) => word === b[i])

/** A worker that has not changed says the same, in the same order. */
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Tells who says hello. */
export interface Joining {
  /**
   * The device that says hello, and whether it joins with it. A device is known by its credential: said again, because the
   * answer was lost, the same hello is that of the same device.
   * @throws ClusterError `AUTHENTICATION_REQUIRED`, `PERMISSION_DENIED`
   */
  identify(params: HelloParams): { device: DeviceRecord; joins: boolean }
  /** The device as it is after its hello. Role and tags follow the worker's flags only where these changed, not over the owner's. */
  refreshed(device: DeviceRecord, params: HelloParams): DeviceRecord
}

/** The rules of joining a state with a token. */
export const createJoining = ({
  state,
  clock,
  joinToken,
}: {
  state: State
  clock: Clock
  joinToken: string
}): Joining => {
  const join = (params: HelloParams): DeviceRecord => {
    const wanted = params.device_id
    if (params.join_token === null)
      throw new ClusterError('AUTHENTICATION_REQUIRED', {
        reason: `the credential of ${wanted ?? 'this device'} is not known here; was the device removed? Join again with --token`,
      })
    if (!sameSecret(params.join_token, joinToken))
      throw new ClusterError('AUTHENTICATION_REQUIRED', {
        reason: 'the join token is not valid; take the line that the node printed at its start',
      })
    if (wanted !== null && state.devices.has(wanted))
      throw new ClusterError('PERMISSION_DENIED', {
        reason: `the device id ${wanted} is taken; choose another --device-id, or remove that device first`,
        device_id: wanted,
      })
    const now = clock.now()
    return {
      id: wanted ?? newDeviceId(params.profile.hostname, (id) => state.devices.has(id)),
      credential_hash: hashSecret(params.credential),
      status: 'offline',
      role: params.role,
      tags: params.tags,
      display_name: null,
      schedulable: true,
      profile: params.profile,
      offer: params.offer,
      telemetry: params.telemetry,
      declared_role: params.role,
      declared_tags: params.tags,
      learned: nothingLearned,
      registered_ms: now,
      last_seen_ms: now,
    }
  }

  const identify = (params: HelloParams): { device: DeviceRecord; joins: boolean } => {
    // Hashes of 256 random bits: how long it takes to find one tells nothing of the credential.
    const known = state.deviceOf(hashSecret(params.credential))
    // With a join token beside it, a device that was removed joins anew.
    if (known === undefined) return { device: join(params), joins: true }
    if (params.device_id !== null && params.device_id !== known.id)
      throw new ClusterError('PERMISSION_DENIED', {
        reason: `this device is ${known.id} here; leave out --device-id, or give ${params.device_id} a --data-dir of its own`,
        device_id: known.id,
      })
    return { device: known, joins: false }
  }

  const refreshed = (device: DeviceRecord, params: HelloParams): DeviceRecord => ({
    ...device,
    status: 'online',
    profile: params.profile,
    offer: params.offer,
    telemetry: params.telemetry,
    role: device.declared_role === params.role ? device.role : params.role,
    tags: sameWords(device.declared_tags, params.tags) ? device.tags : params.tags,
    declared_role: params.role,
    declared_tags: params.tags,
    learned: isSame([device.profile, device.offer], [params.profile, params.offer])
      ? device.learned
      : withoutLacks(device.learned),
    last_seen_ms: clock.now(),
  })

  return { identify, refreshed }
}
