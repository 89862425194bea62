/** The cluster node: the parts of the domain, put together around a store and a clock. */
import { type ClusterConfig, MOST_NODES, type OutputParams } from '../../schemas/index.ts'
import { type Absences, createAbsences } from './absence.ts'
import { createAuditOperations } from './audit.ts'
import { tellingWhenAway } from './away.ts'
import type { Cluster } from './cluster.ts'
import { createDeviceOperations } from './devices.ts'
import { createDispatcher } from './dispatch.ts'
import { createConfigOperations } from './config.ts'
import { createEventHub } from './events.ts'
import { createExperience, REMEMBERED_MS } from './experience.ts'
import { createFiles } from './files/files.ts'
import { createFleet } from './fleet.ts'
import { createGate } from './gate.ts'
import { clusterHealth } from './health.ts'
import { createHistory } from './history.ts'
import { createOnce } from './idempotency.ts'
import { randomShare } from './identifiers.ts'
import { createJoinTokenOperations } from './join-tokens.ts'
import type { JoiningRules } from './joining.ts'
import { createKeyOperations } from './keys.ts'
import { createLessons } from './lessons.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLiveness, type Liveness } from './liveness.ts'
import { listLogs } from './logs.ts'
import { clusterMetrics } from './metrics.ts'
import { createOutputs } from './outputs.ts'
import { createActing } from './ports/acting.ts'
import type { Clock } from './ports/clock.ts'
import type { FileGate } from './ports/file-gate.ts'
import type { FileStore } from './ports/files.ts'
import type { DeviceGate, Invite } from './ports/link.ts'
import type { Log } from './ports/log.ts'
import type { NodeDirectory } from './ports/node-directory.ts'
import type { PayloadProblemsOf } from './ports/payloads.ts'
import type { DeviceRecord } from './ports/records.ts'
import type { Store } from './ports/store.ts'
import { createProgresses } from './progresses.ts'
import { createPublication } from './publication.ts'
import { type ConfigLayers, configFault, effectiveConfig } from './settings.ts'
import { createStarts } from './starts.ts'
import { createState } from './state.ts'
import { deviceStats, taskStats } from './stats.ts'
import { keepBounded } from './retention.ts'
import { createRevocations } from './revocations.ts'
import { keptLevel, watchRoom } from './room.ts'
import { clusterStatus } from './status.ts'
import { createTaskOperations } from './tasks.ts'
import { createTelemetries } from './telemetry.ts'
import { createUnitOfWork, type Transaction } from './unit-of-work.ts'
import { createViews, deviceUpdate } from './views.ts'
import { createWaiters, outputKey } from './waiters.ts'

/** What a node is made of. */
export type NodeOptions = {
  readonly store: Store
  /** Where the bytes of files lie. */
  readonly files: FileStore
  readonly clock: Clock
  readonly log: Log
  /** Version of the product; devices are told it. */
  readonly version: string
  /** By what devices join. */
  readonly joining: JoiningRules
  /** How people are told to join with a token. */
  readonly invite: Invite
  /** The nodes of the cluster; absent: this is the only one. */
  readonly directory?: NodeDirectory | undefined
  /** How payloads of types that are not built in are checked. */
  readonly payloadProblems: PayloadProblemsOf
  readonly config: ConfigLayers
  /** Random, in [0, 1), for backoffs; tests fix it. */
  readonly share?: () => number
  /** The store can't be trusted again: the process must end, and start anew from what is on disk. */
  readonly onBroken: (error: Error) => void
}

/** A cluster node. */
export interface Node {
  readonly cluster: Cluster
  readonly gate: DeviceGate
  /** Where devices come with files. */
  readonly fileGate: FileGate
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
  const { clock, log } = options
  const store = tellingWhenAway(options.store)
  const startMs = clock.monotonic()
  const state = createState(await store.load())

  let config = effectiveConfig(options.config, state.storedConfig)
  const fault = configFault(config)
  if (fault !== undefined) throw new RangeError(`${fault.path.slice(1).replaceAll('/', '.')} ${fault.message}`)

  const bounds = keepBounded(store, clock, () => config, log)
  const fleet = createFleet(state, clock, () => config.cluster.heartbeat_interval)
  const waiters = createWaiters(clock)
  const experience = createExperience(
    () => clock.now(),
    state.benchmarks,
    (device_id) => void state.changedDevices.add(device_id),
  )
  const outputs = createOutputs()
  const progresses = createProgresses()
  const events = createEventHub(state.epoch, () => state.last.event, store, clock)
  const views = createViews(
    state,
    fleet,
    outputs,
    progresses,
    (device_id) => absences.isHeld(device_id),
    () => store.hasRoom(),
    () => files.isFull(),
    () => clock.now(),
  )
  const lifecycle = createLifecycle({
    now: () => clock.now(),
    share: options.share ?? randomShare,
    devices: state.devices,
    lessons: createLessons(state, experience, () => clock.now()),
    progressOf: progresses.of,
  })

  const acting = createActing()
  const work = createUnitOfWork({
    state,
    store,
    clock,
    beforeCommit: (tx) => {
      if (store.hasRoom()) dispatcher.dispatch(tx)
    },
    beforeRead: () => starts.keep(),
    published: createPublication({ state, events, waiters, experience, outputs, progresses }),
    logLevel: () => keptLevel(store, config.logging.level),
    takeDeed: () => acting.take(),
    onBroken: options.onBroken,
  })
  const files = createFiles({ place: options.files, state, store, work, clock, log, bounds: () => config.files })
  const starts = createStarts({ state, work, lifecycle, clock, log })
  const dispatcher = createDispatcher({ state, fleet, lifecycle, knowledge: experience, clock }, () => work.poke())
  const telemetries = createTelemetries({ state, fleet, store, clock, log, work })
  const history = createHistory(store, telemetries, clock)
  const run = (what: (tx: Transaction) => void, failed: () => void) => {
    // What its device began before it went is known then to have begun.
    starts.keepAll()
    work
      .run((tx) => {
        what(tx)
        return () => undefined
      })
      .catch((error: unknown) => {
        log.error({ err: error }, 'an absence could not be kept')
        failed()
      })
  }
  const absences: Absences = createAbsences({
    state,
    fleet,
    lifecycle,
    liveness: () => liveness,
    telemetries: () => telemetries,
    clock,
    settings: () => config.cluster,
    run,
  })
  const liveness: Liveness = createLiveness(
    clock,
    fleet,
    () => config.cluster,
    (device_id, how) => {
      const take = (tx: Transaction) => {
        const device = state.devices.get(device_id)
        if (device?.status === 'online') absences.take(tx, device, how)
      }
      run(take, () => liveness.watchAgain(device_id))
    },
  )
  const settings = () => {
    const { heartbeat_interval, offline_threshold, reconnect_grace } = config.cluster
    return { heartbeat_interval, offline_threshold, reconnect_grace }
  }

  const nodes = () => [...(options.directory?.nodes() ?? [])].slice(0, MOST_NODES)
  const unfollow = options.directory?.follow(() => {
    const told = nodes()
    // Nobody is told that there is no node at all: whoever hears it hears it from one.
    if (told.length === 0) return
    for (const { id } of state.devices.values()) fleet.of(id).link?.notify('nodes.changed', { nodes: told })
  })

  const printed = (piece: OutputParams) => {
    outputs.append(piece)
    waiters.wake(outputKey(piece.task_id))
  }
  const told = (device: DeviceRecord) =>
    events.tell(
      deviceUpdate(
        fleet.current(device),
        { paused: fleet.of(device.id).pause, active_tasks: state.assignedTo(device.id).size },
        clock.now(),
      ),
    )
  const configChanged = (changed: ClusterConfig, updated: ReadonlySet<string>) => {
    config = changed
    if ([...updated].some((field) => /^(?:retention|logging)\./.test(field))) bounds.review()
    if ([...updated].some((field) => field.startsWith('files.'))) files.review()
    if (![...updated].some((field) => field.startsWith('cluster.'))) return
    liveness.review()
    for (const { id } of state.devices.values()) fleet.of(id).link?.notify('config.changed', settings())
  }

  const context = {
    state,
    fileLook: files.look,
    store,
    fleet,
    work,
    lifecycle,
    liveness,
    absences,
    telemetries,
    history,
    views,
    waiters,
    experience,
    outputs,
    clock,
    log,
    revocations: createRevocations({ state, clock, nodeToken: options.joining.nodeToken }),
    takesWork: () => store.hasRoom() && !bounds.isBeyond(),
  }
  const gate = createGate({
    ...context,
    starts,
    version: options.version,
    rules: options.joining,
    settings,
    nodes,
    printed,
    printedSoFar: outputs.known,
    progressed: progresses.take,
    told,
  })
  const cluster: Cluster = {
    status: () => work.read(() => clusterStatus(state, fleet, clock.monotonic() - startMs)),
    health: () => clusterHealth({ ...context, thresholds: () => config.health, filesAreFull: files.isFull }),
    metrics: (query) => clusterMetrics(context, query),
    devices: createDeviceOperations(context),
    tasks: createTaskOperations({
      ...context,
      once: createOnce({ store, work, clock }),
      payloadProblems: options.payloadProblems,
      defaultTimeout: () => config.cluster.task_timeout,
    }),
    artifacts: files.operations,
    logs: { list: (query) => work.read(() => undefined).then(() => listLogs(store, query)) },
    stats: { tasks: (query) => taskStats(context, query), devices: (query) => deviceStats(context, query) },
    config: createConfigOperations({
      state,
      work,
      layers: options.config,
      current: () => config,
      changed: configChanged,
    }),
    events,
    keys: createKeyOperations({ state, work, clock, log }),
    joinTokens: createJoinTokenOperations({ state, work, clock, invite: options.invite }),
    audit: createAuditOperations({ store, work, clock }),
    acting: (deed, work) => acting.run(deed, work),
    reachability: () => ({ reachable: true }),
  }

  const ends = await store.taskEnds(clock.now() - REMEMBERED_MS)
  experience.recall(ends.filter(({ device_id }) => device_id !== null && state.devices.has(device_id)))
  await telemetries.start()
  for (const { id, status } of state.devices.values()) if (status === 'online') liveness.watch(id)
  absences.start()
  const stopWatching = watchRoom(store, clock, work, log)
  work.poke()

  return {
    cluster,
    gate,
    fileGate: files.gate,
    config: () => config,
    stop: async () => {
      unfollow?.()
      dispatcher.stop()
      liveness.stop()
      absences.stop()
      bounds.stop()
      files.stop()
      stopWatching()
      waiters.release()
      await telemetries.stop()
      // A reader waits for all that lies in memory; where the store is away, nobody was told of it.
      await work
        .read(() => undefined)
        .catch((error: unknown) => log.warn({ err: error }, 'what lay in memory alone could not be written'))
      starts.stop()
    },
  }
}
