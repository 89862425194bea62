/** The cluster node: the parts of the domain, put together around a store and a clock. */
import type { ClusterConfig } from '../../schemas/index.ts'
import { refOf } from './attempt.ts'
import type { Cluster } from './cluster.ts'
import { createDeviceOperations } from './devices.ts'
import { createDurations } from './durations.ts'
import { createFleet } from './fleet.ts'
import { createGate, takeOffline } from './gate.ts'
import { createHistory } from './history.ts'
import { randomShare } from './identifiers.ts'
import { createKeyOperations } from './keys.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLiveness } from './liveness.ts'
import type { CancelTimer, Clock } from './ports/clock.ts'
import type { DeviceGate } from './ports/link.ts'
import type { Log } from './ports/log.ts'
import type { Store, StoredEvent } from './ports/store.ts'
import { schedule } from './scheduler.ts'
import { type ConfigLayers, configFault, effectiveConfig } from './settings.ts'
import { createState } from './state.ts'
import { clusterStatus } from './status.ts'
import { createTaskOperations } from './tasks.ts'
import { createTelemetries } from './telemetry.ts'
import { createUnitOfWork, type Transaction } from './unit-of-work.ts'
import { createViews } from './views.ts'
import { createWaiters } from './waiters.ts'

/** What a node is made of. */
export type NodeOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Version of the product; devices are told it. */
  readonly version: string
  /** With this token devices join. */
  readonly joinToken: string
  readonly config: ConfigLayers
  /** The store can't be trusted again: the process must end, and start anew from what is on disk. */
  readonly onBroken: (error: Error) => void
}

/** A cluster node. */
export interface Node {
  readonly cluster: Cluster
  readonly gate: DeviceGate
  /** The config in force. */
  config(): ClusterConfig
  /** Ends the timers, lets go who waits, and writes what is open. The store stays open. */
  stop(): Promise<void>
}

/**
 * Starts a node from what its store holds.
 * @throws RangeError where the config contradicts itself
 */
export const createNode = async (options: NodeOptions): Promise<Node> => {
  const { store, clock, log } = options
  const startMs = clock.monotonic()
  const state = createState(await store.load())

  const config = effectiveConfig(options.config, state.storedConfig)
  const fault = configFault(config)
  if (fault !== undefined) throw new RangeError(`${fault.path.slice(1).replaceAll('/', '.')} ${fault.message}`)

  const fleet = createFleet(
    state,
    () => clock.monotonic(),
    () => config.cluster.heartbeat_interval,
  )
  const waiters = createWaiters(clock)
  const durations = createDurations()
  const views = createViews(state, fleet, () => clock.now())
  const lifecycle = createLifecycle({
    now: () => clock.now(),
    share: randomShare,
    devices: () => state.devices.values(),
  })

  /** Wakes the scheduler when the next backoff ends. */
  let wakeUp: CancelTimer = () => undefined
  const dispatch = (tx: Transaction) => {
    const classes = state.queue.classes(clock.now())
    if (classes.length > 0)
      schedule(classes, fleet.candidates(), ({ record, device_id }) => {
        const assigned = lifecycle.assign(tx, record, device_id, state.epoch)
        const { task } = assigned
        tx.after(() =>
          fleet.of(device_id).link?.notify('task.run', {
            ...refOf(assigned),
            task_type: task.task_type,
            payload: task.payload,
            timeout_seconds: task.timeout,
          }),
        )
      })
    wakeUp()
    const due = state.queue.nextDue()
    wakeUp = due === undefined ? () => undefined : clock.after(Math.max(1, due - clock.now()), () => work.poke())
  }

  const published = (events: readonly StoredEvent[]) => {
    for (const { event } of events) {
      if (event.type !== 'task_completed' && event.type !== 'task_failed' && event.type !== 'task_cancelled') continue
      if (event.type === 'task_completed' && event.device_id !== null && event.execution_time_seconds !== null)
        durations.add(event.task_type, event.device_id, event.execution_time_seconds)
      waiters.ended(event.task_id)
    }
  }

  const work = createUnitOfWork({
    state,
    store,
    clock,
    beforeCommit: dispatch,
    published,
    logLevel: () => config.logging.level,
    onBroken: options.onBroken,
  })
  const telemetries = createTelemetries({ state, fleet, store, clock, log, work })
  const history = createHistory(store, telemetries, clock)
  const liveness = createLiveness(
    clock,
    fleet,
    () => config.cluster,
    (device_id, how) =>
      void work
        .run((tx) => {
          const device = state.devices.get(device_id)
          if (device?.status === 'online') takeOffline({ state, lifecycle, telemetries, liveness }, tx, device, how)
          return () => undefined
        })
        .catch((error: unknown) => {
          log.error({ err: error, device_id }, 'device could not be taken offline')
          liveness.watch(device_id)
        }),
  )
  const settings = () => {
    const { heartbeat_interval, offline_threshold, reconnect_grace } = config.cluster
    return { heartbeat_interval, offline_threshold, reconnect_grace }
  }

  const context = {
    state,
    store,
    fleet,
    work,
    lifecycle,
    liveness,
    telemetries,
    history,
    views,
    waiters,
    durations,
    clock,
    log,
  }
  const gate = createGate({ ...context, version: options.version, joinToken: options.joinToken, settings })
  const cluster: Cluster = {
    status: () => work.read(() => clusterStatus(state, fleet, clock.monotonic() - startMs)),
    devices: createDeviceOperations(context),
    tasks: createTaskOperations({ ...context, defaultTimeout: () => config.cluster.task_timeout }),
    keys: createKeyOperations(state, work, clock),
    reachability: () => ({ reachable: true }),
  }

  await telemetries.start()
  for (const { id, status } of state.devices.values()) if (status === 'online') liveness.watch(id)
  work.poke()

  return {
    cluster,
    gate,
    config: () => config,
    stop: async () => {
      wakeUp()
      liveness.stop()
      waiters.release()
      await telemetries.stop()
    },
  }
}
