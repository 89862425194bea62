/**
 * Who schedules: this node takes the place where it finds it free, speaks with the node that has it where it does not, and leaves it
 * where another one has taken it. All in one process, under a seat that stays.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { ClusterNode } from '../../../../schemas/cluster-node.ts'
import { createWindows } from '../../../api/limits/windows.ts'
import { ClusterError } from '../../../cluster/errors.ts'
import type { FileStore } from '../../../cluster/ports/files.ts'
import type { Node } from '../../../cluster/node.ts'
import type { Member, Members } from '../../../cluster/ports/members.ts'
import type { NodeDirectory } from '../../../cluster/ports/node-directory.ts'
import { type Store, StoreError } from '../../../cluster/ports/store.ts'
import { leased } from '../../../link/cluster/leased.ts'
import type { RemoteCluster } from '../../../link/cluster/remote.ts'
import type { Seat } from '../../../link/cluster/seat.ts'
import type { Scheduling } from '../../../link/cluster/serve.ts'
import { withMembers } from './with-members.ts'
import type { Glance, Membership } from '../../../store/membership.ts'

/** What a succession works with. */
export type SuccessionOptions = {
  readonly membership: Pick<Membership, 'takeOver' | 'wake'>
  readonly seat: Seat
  /** Starts the domain on a store. */
  readonly open: (store: Store, files: FileStore) => Promise<Node>
  /** Speaks with the node that schedules. */
  readonly connect: (member: Member) => RemoteCluster
  /** The store can't be trusted again. */
  readonly onBroken: (error: Error) => void
  /** This node can go on no more: what it would schedule with is not possible. */
  readonly onFailure: (error: unknown) => void
  readonly log: Logger
}

/** This node among the others. */
export interface Succession {
  /** What was seen of the others: acts on it. */
  see(glance: Glance): void
  /** The others and this one, as they were seen last. */
  readonly members: Members
  /** The same for devices: those that are away for now are among them. */
  readonly directory: NodeDirectory
  /** The domain, where it is in this process. */
  node(): Node | undefined
  /** What other nodes are served from; undefined while this one does not schedule. */
  scheduling(): Scheduling | undefined
  /** Leaves the place, to whoever takes it next. */
  close(): Promise<void>
}

/** Callers that are counted at a time, in all budgets: about 100 bytes each. */
const MOST_COUNTED = 30_000

type Here = Scheduling & { readonly node: Node; readonly store: Store }

/** Refusals of a store that is there again some time, or whose place another has taken. */
const isPassing = (error: unknown): boolean =>
  (error instanceof StoreError && error.kind !== 'broken') || error instanceof ClusterError

/** Nothing was seen yet. */
export const createSuccession = ({
  membership,
  seat,
  open,
  connect,
  onBroken,
  onFailure,
  log,
}: SuccessionOptions): Succession => {
  let here: Here | undefined
  let there: { readonly id: string; readonly remote: RemoteCluster } | undefined
  let members: readonly Member[] = []
  let nodes: readonly ClusterNode[] = []
  const followers = new Set<() => void>()
  /** What was seen while it was acted on something earlier. */
  let latest: Glance | undefined
  let acting: Promise<void> | undefined
  let isClosed = false
  const isOver = () => isClosed

  const leave = async ({ node, store }: Here) => {
    // What is open in its memory is known to who took its place, or was never acknowledged.
    await node.stop().catch((error: unknown) => log.debug({ err: error }, 'the node could not be stopped in order'))
    await store.close()
  }

  const depose = (deposed: Here) => {
    if (here !== deposed) return
    here = undefined
    seat.vacate('another node schedules now')
    log.warn('this node does not schedule any more, and serves what the other one says')
    leave(deposed).catch((error: unknown) => log.error({ err: error }, 'the store could not be closed'))
    membership.wake()
  }

  /** Takes the place; false where another node was faster. */
  const takeOver = async (): Promise<boolean> => {
    const end = new AbortController()
    const taken = await membership.takeOver((error) => {
      if (error.kind === 'deposed') end.abort()
      else onBroken(error)
    })
    if (taken === undefined) return false
    there?.remote.close()
    there = undefined
    seat.vacate('this node takes over')
    let node: Node
    try {
      node = await open(taken.store, taken.files)
    } catch (error) {
      await taken.store.close()
      throw error
    }
    const cluster = leased(
      withMembers(node.cluster, () => members),
      taken.holds,
    )
    // Counts begin anew with whoever takes over.
    const count = createWindows(undefined, MOST_COUNTED).add
    const mine: Here = { node, store: taken.store, cluster, gate: node.gate, count, ended: end.signal }
    here = mine
    seat.occupy({ cluster, gate: node.gate, count, files: node.fileGate })
    end.signal.addEventListener('abort', () => depose(mine))
    if (end.signal.aborted) depose(mine)
    return true
  }

  const follow = (member: Member) => {
    if (there?.id === member.id) return
    there?.remote.close()
    seat.vacate('another node schedules now')
    const { id, host, port } = member
    const remote = connect(member)
    there = { id, remote }
    log.info({ host, port, member: id }, 'another node schedules')
    const endpoint = { host, port, fingerprint: member.fingerprint ?? undefined }
    void remote.reached.then(() => {
      if (there?.remote === remote) seat.occupy({ ...remote, files: endpoint })
    })
  }

  const act = async (glance: Glance) => {
    if (here !== undefined) return
    if (glance.leftMs === 0 && (await takeOver())) return
    const scheduling = glance.members.find(({ schedules }) => schedules)
    if (scheduling !== undefined && glance.leftMs > 0) follow(scheduling)
  }

  const actOnAll = async () => {
    for (let seen = latest; seen !== undefined && !isOver(); seen = latest) {
      latest = undefined
      try {
        await act(seen)
      } catch (error) {
        if (!isPassing(error)) throw error
        log.warn({ err: error }, 'this node could not take over; looking again')
      }
    }
  }

  return {
    see: (glance) => {
      members = glance.members
      latest = glance
      if (!isDeepStrictEqual(nodes, glance.nodes)) {
        nodes = glance.nodes
        for (const changed of followers) changed()
      }
      acting ??= actOnAll()
        .catch(onFailure)
        .finally(() => (acting = undefined))
    },
    members: () => members,
    directory: {
      nodes: () => nodes,
      follow: (changed) => {
        followers.add(changed)
        return () => followers.delete(changed)
      },
    },
    node: () => here?.node,
    scheduling: () => here,
    close: async () => {
      isClosed = true
      await acting
      there?.remote.close()
      const last = here
      here = undefined
      seat.vacate('this node stops')
      if (last !== undefined) await leave(last)
    },
  }
}
