/** Where devices come in: joining, hello, heartbeats, the ends of attempts, goodbyes. */
import {
  type AttemptRef,
  closeCodes,
  type ClusterNode,
  type FinishedParams,
  type HelloParams,
  type HelloResult,
  type OutputParams,
  type ProgressParams,
  type WorkerSettings,
} from '../../schemas/index.ts'
import type { Absences } from './absence.ts'
import { isAssigned, isCurrent, keyOf } from './attempt.ts'
import { ClusterError } from './errors.ts'
import { checkedEnd, filesLeft } from './files/files-left.ts'
import type { Fleet } from './fleet.ts'
import { createHolders } from './holders.ts'
import { hashSecret, newSecret } from './identifiers.ts'
import type { FileLook } from './files/inputs.ts'
import { createJoining, type JoiningRules } from './joining.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Liveness } from './liveness.ts'
import { changeOffer } from './offer-change.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from './ports/link.ts'
import type { Log } from './ports/log.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { Revocations } from './revocations.ts'
import { settle } from './settling.ts'
import type { Starts } from './starts.ts'
import type { State } from './state.ts'
import type { Telemetries } from './telemetry.ts'
import { newStops, withStops } from './unclean-stops.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** What the gate works with. */
export type GateContext = {
  readonly state: State
  readonly fleet: Fleet
  readonly work: UnitOfWork
  readonly lifecycle: Lifecycle
  readonly starts: Starts
  readonly liveness: Liveness
  readonly absences: Absences
  readonly telemetries: Telemetries
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  readonly rules: JoiningRules
  readonly fileLook: FileLook
  readonly revocations: Revocations
  readonly settings: () => WorkerSettings
  /** The nodes of the cluster; none where this is the only one. */
  readonly nodes: () => ClusterNode[]
  /** A current attempt has printed something. */
  readonly printed: (piece: OutputParams) => void
  /** How much of what an attempt has printed is known, in characters. */
  readonly printedSoFar: (attempt: AttemptRef) => number
  /** A current attempt has said how far it is. */
  readonly progressed: (report: ProgressParams) => void
  /** A device has sent telemetry. */
  readonly told: (device: DeviceRecord) => void
}

/** Of a node that is the only one nothing is told: where it is its device knows. */
const toldOf = (nodes: ClusterNode[]): Pick<HelloResult, 'nodes'> => (nodes.length > 1 ? { nodes } : {})

/** The gate. */
export const createGate = (context: GateContext): DeviceGate => {
  const { state, fleet, work, lifecycle, starts, liveness, telemetries, clock, log } = context

  const { identify, refreshed } = createJoining(context)
  const holders = createHolders(context)

  return {
    connect: (link: DeviceLink): DeviceSession => {
      let id: string | undefined
      let isOpen = true
      /** True while this session speaks for the device: a newer connection takes over. */
      const isMine = () => id !== undefined && state.devices.has(id) && fleet.of(id).link === link
      const device = () => {
        const record = id === undefined || !isMine() ? undefined : state.devices.get(id)
        if (record === undefined)
          throw new ClusterError('PERMISSION_DENIED', { reason: 'this connection speaks for no device' })
        return record
      }
      const heard = (device_id: string) => {
        const live = fleet.of(device_id)
        const record = state.devices.get(device_id)
        const wasSilent = clock.monotonic() - live.heardMs > 1000 && record !== undefined && fleet.isSilent(record)
        live.heardMs = clock.monotonic()
        live.lastSeenMs = clock.now()
        if (wasSilent) work.poke()
      }

      /** Its pause stands in the log; where it is over, the device gets what waits by the pass after it. */
      const tellPause = (device_id: string) => {
        const { pause } = fleet.of(device_id)
        void work
          .run((tx) => {
            tx.log('info', {
              component: 'device_registry',
              device_id,
              task_id: null,
              message:
                pause === null
                  ? `device ${device_id} takes tasks again`
                  : `device ${device_id} takes no tasks now. ${pause.message}`,
              details: pause === null ? {} : { reason: pause.reason },
            })
            return () => undefined
          })
          .catch((error: unknown) => {
            log.error({ err: error, device_id }, 'a pause could not be kept')
            work.poke()
          })
      }

      const hello = async (params: HelloParams): Promise<HelloResult> => {
        if (id !== undefined)
          throw new ClusterError('PERMISSION_DENIED', { reason: 'this connection has said hello before' })
        const newcomer = { link, session: params.session, isOpen: () => isOpen }
        const device_id = state.deviceOf(hashSecret(params.credential))?.id
        const replaced = device_id === undefined ? null : await holders.challenge(device_id, newcomer)
        starts.keepAll()
        return work.run((tx) => {
          if (!isOpen) throw new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'the connection is gone' })
          const { device: known, joins } = identify(tx, params)
          holders.claim(tx, known.id, newcomer, replaced)
          const session = newSecret()
          const stops = newStops(known, params, clock.now())
          const device = {
            ...refreshed(known, params),
            unclean_stops: withStops(known.unclean_stops, stops),
          }
          const approved = device.status !== 'pending_approval'
          tx.putDevice(device)
          if (approved && known.status !== 'online')
            tx.record({ type: 'device_online', device_id: known.id, joined: joins !== undefined })
          tx.log('info', {
            component: 'device_registry',
            device_id: known.id,
            task_id: null,
            message: `device ${known.id} ${joins === undefined ? 'is connected' : 'has joined'}${approved ? '' : ', and waits for approval'}`,
            details: { address: link.address, ...(joins === undefined ? {} : { join_token: joins.token }) },
          })
          for (const { message, ...details } of stops)
            tx.log('warning', {
              component: 'device_registry',
              device_id: known.id,
              task_id: null,
              message: `the worker of ${known.id} had ended uncleanly: ${message}`,
              details,
            })
          const abandon = settle(context, tx, known.id, params)
          const live = fleet.of(known.id)
          // An older connection may be open still: nothing is given out on it any more, nor on this one before its answer.
          const { ready } = live
          live.ready = false
          tx.undone(() => (live.ready = ready))
          tx.after(() => {
            context.absences.end(known.id)
            liveness.watch(known.id)
            // It was gone before its hello was on disk: the next connection says hello again.
            if (!isOpen) return
            if (live.link !== null) live.link.close(closeCodes.replaced, 'another connection of this device took over')
            id = known.id
            live.link = link
            live.session = session
            live.closedMs = null
            // Shown, but no sample: the processor's use in it is that of the worker's own start.
            if (fleet.sampled(known.id, params.telemetry) && approved) tellPause(known.id)
            live.ending.clear()
            for (const ref of abandon) live.ending.add(keyOf(ref))
            heard(known.id)
            liveness.review(known.id)
            // The answer to the hello must leave before the first task: tasks are given out from the next turn on.
            clock.endOfTurn(() => {
              live.ready = live.link === link
              work.poke()
            })
          })
          const abandoned = new Set(abandon)
          return () => ({
            ...toldOf(context.nodes()),
            ends_tell_starts: true,
            device_id: known.id,
            session,
            approved,
            cluster_version: context.version,
            settings: context.settings(),
            abandon,
            printed: params.running
              .filter((ref) => !abandoned.has(ref))
              .map((ref) => ({ ...ref, offset: context.printedSoFar(ref) })),
          })
        })
      }

      return {
        hello,
        heartbeat: (telemetry) => {
          const record = device()
          const hasTurned = fleet.sampled(record.id, telemetry)
          heard(record.id)
          // Of a device that was not let in nothing is kept, nor told to others.
          if (record.status === 'pending_approval') return
          if (hasTurned) tellPause(record.id)
          telemetries.sample(record.id, telemetry)
          context.told(record)
        },
        profile: (profile) => {
          const { id: device_id } = device()
          heard(device_id)
          void work
            .run((tx) => {
              const record = state.devices.get(device_id)
              // What it cannot run it still cannot: nothing was installed by this.
              if (record !== undefined) tx.putDevice({ ...record, profile })
              return () => undefined
            })
            .catch((error: unknown) => log.error({ err: error, device_id }, 'a profile could not be kept'))
        },
        offer: async (offer) => {
          const { id: device_id } = device()
          heard(device_id)
          return work.run((tx) => {
            changeOffer(tx, device(), offer)
            return () => ({})
          })
        },
        started: (ref) => {
          const { id: device_id } = device()
          heard(device_id)
          starts.hold(ref, device_id)
        },
        output: (piece) => {
          const { id: device_id } = device()
          heard(device_id)
          starts.keepBefore(piece)
          const record = state.tasks.get(piece.task_id)
          if (record !== undefined && isCurrent(record, piece, device_id)) context.printed(piece)
        },
        progress: (report) => {
          const { id: device_id } = device()
          heard(device_id)
          starts.keepBefore(report)
          const record = state.tasks.get(report.task_id)
          if (record !== undefined && isCurrent(record, report, device_id)) context.progressed(report)
        },
        finished: async (end: FinishedParams) => {
          const { id: device_id } = device()
          heard(device_id)
          return context.fileLook.during(filesLeft(end), (missing) =>
            work.run((tx) => {
              starts.keepWith(tx, end, device_id)
              const record = state.tasks.get(end.task_id)
              const current = record !== undefined && isCurrent(record, end, device_id)
              if (current && (isAssigned(record) || end.outcome === 'completed' || end.outcome === 'failed'))
                lifecycle.ended(tx, record, device_id, checkedEnd(record, end, missing))
              else
                tx.log('debug', {
                  component: 'link',
                  device_id,
                  task_id: end.task_id,
                  message: `the end of a superseded attempt of ${end.task_id} changed nothing`,
                  details: { attempt: end.attempt, epoch: end.epoch, outcome: end.outcome },
                })
              tx.after(() => {
                if (fleet.of(device_id).ending.delete(keyOf(end))) work.poke()
              })
              return () => ({})
            }),
          )
        },
        goodbye: () => {
          const record = device()
          starts.keepAll()
          void work
            .run((tx) => {
              if (record.status === 'online') context.absences.take(tx, record, 'goodbye')
              return () => undefined
            })
            .catch((error: unknown) => log.error({ err: error, device_id: record.id }, 'goodbye could not be kept'))
        },
        closed: (by) => {
          isOpen = false
          starts.keepAll()
          // A device that was removed has no live side any more, and gets none by this.
          if (id === undefined || !isMine()) return
          const live = fleet.of(id)
          live.link = null
          live.ready = false
          if (by === 'device') live.closedMs = clock.monotonic()
          liveness.review(id)
        },
      }
    },
  }
}
