/** Who a device is: joining with a token, coming back with a credential, and what a hello refreshes. */
import { timingSafeEqual } from 'node:crypto'
import { type HelloParams, MOST_TAGS } from '../../schemas/index.ts'
import { ClusterError } from './errors.ts'
import { hashSecret, newDeviceId } from './identifiers.ts'
import { findJoinToken, useJoinToken } from './join-tokens.ts'
import { nothingLearned, withoutLacks } from './learned.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { Revocations } from './revocations.ts'
import type { State } from './state.ts'
import type { Transaction } from './unit-of-work.ts'

const sameSecret = (a: string, b: string) => timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)))

const sameWords = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, i) => word === b[i])

/** A worker that has not changed says the same, in the same order. */
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What a node lets devices join by, beside the tokens that are made over the API. */
export type JoiningRules = {
  /** The node's own token, which it prints at its start. */
  readonly nodeToken: string
  /** The token of the worker that the node's own process starts; null where it starts none. Who has it needs no approval. */
  readonly localToken: string | null
  /** True: a device that joins waits for its owner's approval, unless its token says otherwise. */
  readonly requireApproval: boolean
}

/** A device that says hello. */
export type Identified = {
  readonly device: DeviceRecord
  /** Set where it joins with this hello: by which token. */
  readonly joins?: { readonly token: string }
}

/** Tells who says hello. */
export interface Joining {
  /**
   * The device that says hello, as part of its hello. A device is known by its credential: said again, because the answer
   * was lost, the same hello is that of the same device.
   * @throws ClusterError `AUTHENTICATION_REQUIRED`, `PERMISSION_DENIED`
   */
  identify(tx: Transaction, params: HelloParams): Identified
  /** The device as it is after its hello. Role and tags that the worker names follow its flags; what its owner or its token gave stays. */
  refreshed(device: DeviceRecord, params: HelloParams): DeviceRecord
}

/** What a token lets a device do. */
type Admission = {
  /** The id of the token; `node` for the node’s own, `local` for that of its own worker. */
  readonly token: string
  readonly tags: readonly string[]
  readonly role: string | null
  readonly isApproved: boolean
}

/** What the worker names itself, and what others gave it; as many as a device may have. */
const unitedTags = (own: readonly string[], given: readonly string[]): string[] =>
  [...new Set([...own, ...given])].slice(0, MOST_TAGS)

/** The rules of joining a state with a token. */
export const createJoining = ({
  state,
  clock,
  revocations,
  rules: { nodeToken, localToken, requireApproval },
}: {
  readonly state: State
  readonly clock: Clock
  readonly revocations: Revocations
  readonly rules: JoiningRules
}): Joining => {
  /** Throws `AUTHENTICATION_REQUIRED` for a token that lets nobody in, or not this one. */
  const admit = (tx: Transaction, secret: string, credential_hash: string): Admission => {
    const plain = { tags: [], role: null }
    // Of this start of the node, by whose owner the worker is wanted: whatever was removed before.
    if (localToken !== null && sameSecret(secret, localToken)) return { ...plain, token: 'local', isApproved: true }
    const isOfNode = sameSecret(secret, nodeToken)
    const token = isOfNode ? 'node' : findJoinToken(state, secret, clock.now())
    if (token === undefined)
      throw new ClusterError('AUTHENTICATION_REQUIRED', {
        reason:
          'the join token is not valid; take the line that the node printed at its start, or make one: retire-cluster tokens create',
      })
    if (!revocations.mayJoin(credential_hash, token))
      throw new ClusterError('AUTHENTICATION_REQUIRED', {
        reason: 'this device was removed; it joins again with a token made since: retire-cluster tokens create',
      })
    if (token === 'node') return { ...plain, token: 'node', isApproved: !requireApproval }
    useJoinToken(state, tx, token)
    const { id, tags, role, auto_approve } = token
    return { token: id, tags, role, isApproved: auto_approve || !requireApproval }
  }

  const join = (tx: Transaction, params: HelloParams): Required<Identified> => {
    const wanted = params.device_id
    if (params.join_token === null)
      throw new ClusterError('AUTHENTICATION_REQUIRED', {
        reason: `the credential of ${wanted ?? 'this device'} is not known here; was the device removed? Join again with --token`,
      })
    const credential_hash = hashSecret(params.credential)
    const { token, tags, role, isApproved } = admit(tx, params.join_token, credential_hash)
    if (wanted !== null && state.devices.has(wanted))
      throw new ClusterError('PERMISSION_DENIED', {
        reason: `the device id ${wanted} is taken; choose another --device-id, or remove that device first`,
        device_id: wanted,
      })
    if (state.revocations.has(credential_hash)) tx.liftRevocation(credential_hash)
    const now = clock.now()
    const device: DeviceRecord = {
      id: wanted ?? newDeviceId(params.profile.hostname, (id) => state.devices.has(id)),
      credential_hash,
      status: isApproved ? 'offline' : 'pending_approval',
      role: role ?? params.role,
      tags: unitedTags(params.tags, tags),
      display_name: null,
      schedulable: true,
      profile: params.profile,
      offer: params.offer,
      telemetry: params.telemetry,
      declared_role: params.role,
      declared_tags: params.tags,
      learned: nothingLearned,
      unclean_stops: [],
      registered_ms: now,
      last_seen_ms: now,
    }
    return { device, joins: { token } }
  }

  const identify = (tx: Transaction, params: HelloParams): Identified => {
    // Hashes of 256 random bits: how long it takes to find one tells nothing of the credential.
    const known = state.deviceOf(hashSecret(params.credential))
    // With a join token beside it, a device that was removed joins anew.
    if (known === undefined) return join(tx, params)
    if (params.device_id !== null && params.device_id !== known.id)
      throw new ClusterError('PERMISSION_DENIED', {
        reason: `this device is ${known.id} here; leave out --device-id, or give ${params.device_id} a --data-dir of its own`,
        device_id: known.id,
      })
    return { device: known }
  }

  const refreshed = (device: DeviceRecord, params: HelloParams): DeviceRecord => ({
    ...device,
    status: device.status === 'pending_approval' ? device.status : 'online',
    profile: params.profile,
    offer: params.offer,
    telemetry: params.telemetry,
    role: device.role === device.declared_role ? params.role : device.role,
    tags: sameWords(device.declared_tags, params.tags)
      ? device.tags
      : unitedTags(
          params.tags,
          device.tags.filter((tag) => !device.declared_tags.includes(tag)),
        ),
    declared_role: params.role,
    declared_tags: params.tags,
    learned: isSame([device.profile, device.offer], [params.profile, params.offer])
      ? device.learned
      : withoutLacks(device.learned),
    last_seen_ms: clock.now(),
  })

  return { identify, refreshed }
}
