/**
 * Who speaks with a credential: one worker at a time, and the first one stays for as long as it answers. A data directory
 * that was copied to a second machine would else take the device from the first, which would take it back, and so on.
 */
import { ClusterError } from './errors.ts'
import type { Fleet } from './fleet.ts'
import type { DeviceLink } from './ports/link.ts'
import type { Transaction, UnitOfWork } from './unit-of-work.ts'

/** How long the first connection has to answer. A phone whose radio sleeps takes seconds; the worker that asks waits for 30. */
const ANSWER_MS = 10_000

/** A connection whose hello is being taken. */
export interface Newcomer {
  readonly link: DeviceLink
  /** The session that it says it had; null where it had none. */
  readonly session: string | null
  /** False once its connection is gone. */
  isOpen(): boolean
}

/** Keeps second holders of a credential out. */
export interface Holders {
  /**
   * Whether a newcomer may speak for a device. Where another connection does, it may if it is the same worker, which has
   * come back before its old connection was noticed to be dead; else the other one is asked whether it lives.
   * @returns the connection that it takes the place of; null where there is none
   * @throws ClusterError `PERMISSION_DENIED` where the other one lives
   */
  challenge(device_id: string, newcomer: Newcomer): Promise<DeviceLink | null>
  /**
   * Takes the device for a newcomer, as part of its hello.
   * @param replaced - what {@link Holders.challenge} resolved with
   * @throws ClusterError `CLUSTER_UNAVAILABLE` where another one has come in between: it is to try again, and be told then
   */
  claim(tx: Transaction, device_id: string, newcomer: Newcomer, replaced: DeviceLink | null): void
}

const heldElsewhere = (device_id: string) =>
  new ClusterError('PERMISSION_DENIED', {
    reason: `${device_id} is connected already, with the same credential: this data directory is a copy of one in use. Stop the other worker, or delete identity.json here and join with a token`,
    device_id,
  })

/** Nobody speaks yet. */
export const createHolders = ({ fleet, work }: { readonly fleet: Fleet; readonly work: UnitOfWork }): Holders => {
  /** Newcomers whose hello is not yet on disk. */
  const claims = new Map<string, Newcomer>()

  const refuse = async (device_id: string, { link }: Newcomer): Promise<never> => {
    await work.run((tx) => {
      tx.log('warning', {
        component: 'device_registry',
        device_id,
        task_id: null,
        message: `a second holder of the credential of ${device_id} was refused`,
        details: { address: link.address, holder_address: fleet.of(device_id).link?.address ?? null },
      })
      return () => undefined
    })
    throw heldElsewhere(device_id)
  }

  return {
    challenge: async (device_id, newcomer) => {
      const { link: holder, session } = fleet.of(device_id)
      if (holder === null || (session !== null && newcomer.session === session)) return holder
      const isAlive = await holder.request('device.ping', {}, ANSWER_MS).then(
        () => true,
        // No answer in time, or the connection closed: it holds nothing.
        () => false,
      )
      return isAlive ? refuse(device_id, newcomer) : holder
    },
    claim: (tx, device_id, newcomer, replaced) => {
      const { link: holder } = fleet.of(device_id)
      const earlier = claims.get(device_id)
      if ((holder !== null && holder !== replaced) || earlier?.isOpen() === true)
        throw new ClusterError('CLUSTER_UNAVAILABLE', { reason: `${device_id} is being let in on another connection` })
      claims.set(device_id, newcomer)
      tx.after(() => {
        if (claims.get(device_id) === newcomer) claims.delete(device_id)
      })
      tx.undone(() => {
        if (earlier === undefined) claims.delete(device_id)
        else claims.set(device_id, earlier)
      })
    },
  }
}
