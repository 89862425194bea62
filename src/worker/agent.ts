/** The agent: it joins, tells how the device is doing, runs what it is given, and brings the results home. */
import type { DeviceProfile, Offer, Telemetry } from '../../schemas/device-profile.ts'
import type { HelloParams, HelloResult, UncleanStopReport, WorkerSettings } from '../../schemas/link.ts'
import { keepConnected, type NodeConnection, type Whereabouts, WrongKey } from '../link/client/keep-connected.ts'
import { ableOf, offerOf } from './allow.ts'
import { attemptRef } from './attempts.ts'
import { launchBenchmark } from './benchmark/launch.ts'
import { type Clock, systemClock } from './clock.ts'
import { createCloserLook } from './closer-look.ts'
import { noCustomTypes, openCustomTypes } from './custom-types/custom-types.ts'
import { createExecutors } from './executors/table.ts'
import type { CacheBound } from './files/cache.ts'
import { createHeartbeats } from './heartbeats.ts'
import { saveIdentity } from './identity.ts'
import type { Log } from './log.ts'
import { type Machine, thisMachine } from './machine.ts'
import { createOfferTelling } from './offer-telling.ts'
import { createPausing } from './pausing.ts'
import { readPower } from './policy/conditions.ts'
import { noWishes, type OwnerWishes } from './policy/limits.ts'
import { ownedDevice } from './policy/owned-device.ts'
import { createOwnerWatch } from './policy/watch.ts'
import { prepare } from './prepare.ts'
import { createUsageMeters } from './processes/usage.ts'
import { stopInOrder } from './stopping.ts'
import { beginRun } from './stops/run.ts'
import { createTelemetry } from './telemetry.ts'
import { createWork } from './work.ts'

/** What a worker is started with. */
export type AgentOptions = {
  /** Its directory, which nothing else uses while it runs: who starts it holds the lock. */
  readonly dataDir: string
  /** Where its nodes are, and how they are known. */
  readonly node: Whereabouts
  /** The join token; undefined where the device has a credential. */
  readonly token: string | undefined
  /** The id that it wants; undefined: the one that it has, else one that the node makes. */
  readonly deviceId: string | undefined
  readonly role: string
  readonly tags: readonly string[]
  /** Tasks at a time; undefined: as many as the owner's policy leaves, one a processor at the most. */
  readonly slots: number | undefined
  /** What its owner allows, as `--allow` names it. */
  readonly allow: readonly string[]
  /** The file with task types of the owner's own, absolute; absent: there is none. */
  readonly tasks?: string | undefined
  /** What its owner wants besides; absent: nothing, and the defaults apply. */
  readonly wishes?: OwnerWishes
  /** How much of the files of tasks it keeps for the next ones; absent: 10 % of its disk, and 10 GiB at the most. */
  readonly maxCache?: CacheBound | undefined
  /** The file of the worker's program: started once more, it is the sandbox of `javascript` tasks, and the process of types of the owner's own. */
  readonly workerFile: string
  readonly log: Log
  readonly version: string
  /** Called when the node has let the device in, at every connection. */
  readonly onJoined?: (device_id: string) => void
  /** Called when the node has told of other nodes than at its welcome. */
  readonly onNodes?: () => void
  /** For tests. */
  readonly machine?: Machine
  readonly clock?: Clock
  readonly connect?: typeof keepConnected
  readonly measure?: typeof launchBenchmark
}

/** A worker that runs. */
export interface Agent {
  /** Resolves when it has ended: 0 where it was told to, 1 where the node refuses it, or is not the one that was meant. */
  readonly stopped: Promise<{ readonly exitCode: 0 | 1; readonly reason: string }>
  /** Ends its tasks, hands them back, says goodbye. */
  stop(): Promise<void>
  /** Ends at once; what runs is ended at the next start. */
  kill(): void
  /** The process is about to end by an error that nobody has caught: the next start tells of it. */
  crashed(error: unknown): void
}

const REFUSED_REASON = 'Its node has refused it.'
/** Without a node for so many thresholds, a worker ends what it runs: somebody else has it by then (DESIGN, "The cluster node"). */
const OUTAGE_THRESHOLDS = 3

/**
 * Starts a worker: it returns once the device is ready, and connects from then on.
 * @throws WorkerError where it cannot start
 */
export const startAgent = async (options: AgentOptions): Promise<Agent> => {
  const { dataDir, log, clock = systemClock, machine = thisMachine } = options
  const device = await ownedDevice({ wishes: options.wishes ?? noWishes, slots: options.slots, machine, clock, log })
  const { policy, slots } = device
  const allowed = { ...offerOf(options.allow, slots), policy }
  const { workDirectory, outbox, spool, cache, profile, ...prepared } = await prepare({
    ...options,
    machine,
    clock,
    maxCache: options.maxCache,
  })
  const able = ableOf(allowed, profile)
  const unable = allowed.task_types.filter((type) => !able.task_types.includes(type))
  if (unable.length > 0)
    log.warn({ task_types: unable }, 'allowed, and not offered: there is no python3 on this device')
  const meters = createUsageMeters()
  const programs = {
    workDirectory,
    workerFile: options.workerFile,
    niceness: device.niceness,
    measure: meters.measure,
    log,
  }
  const customTypes =
    options.tasks === undefined ? noCustomTypes : await openCustomTypes(options.tasks, { ...programs, clock })
  const offer = (): Offer => ({ ...able, custom_types: customTypes.offered() })
  let { identity } = prepared
  const run = await beginRun({
    dataDir,
    machine,
    clock,
    log,
    platform: profile.platform,
    isKnown: identity.device_id !== null,
  })
  /** The unclean stops that the last hello has told of. */
  let stopsInHello: UncleanStopReport[] = []
  /** What the node has said to this run of the worker alone: nobody else can take its place by it. */
  let session: string | null = null
  const telemetry = createTelemetry({ dataDir, clock, machine })
  let described: DeviceProfile = { ...profile, capabilities: [...profile.capabilities, ...able.allow] }
  const sample = async (): Promise<Telemetry> => {
    const figures = await telemetry.sample()
    // Read last: what is told must not be older than what the sample took time for.
    const paused = pausing.now()
    return paused === null ? figures : { ...figures, paused }
  }

  let settings: WorkerSettings | undefined
  let endsTellStarts = false
  let cancelOutage: () => void = () => undefined
  const stopped = Promise.withResolvers<{ exitCode: 0 | 1; reason: string }>()
  const connected: { connection?: NodeConnection } = {}

  const offerTelling = createOfferTelling({ offer, connection: () => connected.connection, log })
  const executors = createExecutors({
    ...programs,
    allow: able.allow,
    clock,
    describe: async () => ({ profile: described, telemetry: await sample() }),
  })
  const work = createWork({
    node: options.node,
    connection: () => connected.connection,
    credential: () => identity.credential,
    slots,
    executorOf: (task_type) =>
      able.task_types.includes(task_type) ? executors.get(task_type) : customTypes.executorOf(task_type),
    endsTellStarts: () => endsTellStarts,
    outbox,
    spool,
    cache,
    clock,
    log,
  })
  const { runner, delivery } = work

  const hello = async (): Promise<HelloParams> => {
    const figures = await sample()
    stopsInHello = run.stops.untold()
    return {
      device_id: identity.device_id ?? options.deviceId ?? null,
      credential: identity.credential,
      session,
      join_token: options.token ?? null,
      role: options.role,
      tags: [...options.tags],
      profile: described,
      telemetry: figures,
      offer: offerTelling.forHello(),
      running: [...runner.running()],
      finished: outbox.waiting().map(attemptRef),
      ...(stopsInHello.length === 0 ? {} : { unclean_stops: stopsInHello }),
    }
  }

  const heartbeats = createHeartbeats({
    clock,
    sample,
    send: (sample) => void connected.connection?.notify('device.heartbeat', { telemetry: sample }),
    log,
  })

  const pausing = createPausing({ runner, announce: heartbeats.now, clock, log })
  const watch = createOwnerWatch({
    policy,
    look: () => device.look(meters.memoryBytes),
    told: pausing.follow,
    clock,
    log,
  })

  let idKept = Promise.resolve()
  const keepId = (device_id: string): Promise<void> => {
    if (identity.device_id !== device_id) {
      identity = { ...identity, device_id }
      idKept = saveIdentity(dataDir, identity).catch((error: unknown) =>
        // Harmless: the node knows the device by its credential, which is on disk.
        log.warn({ err: error }, 'the id of this device could not be kept'),
      )
    }
    return idKept
  }

  const welcome = (result: HelloResult) => {
    ;({ settings, session, ends_tell_starts: endsTellStarts = false } = result)
    cancelOutage()
    if (!result.approved)
      log.warn({ device_id: result.device_id }, 'waits for approval: retire-cluster devices approve ID')
    void run.stops.told(stopsInHello)
    void keepId(result.device_id).then(() => options.onJoined?.(result.device_id))
    runner.abandon(result.abandon)
    runner.resume(result.printed)
    delivery.resume()
    heartbeats.start(result.settings.heartbeat_interval)
    watch.change(device.lookEveryMs(result.settings.heartbeat_interval))
    closerLook.begin()
    // It may have changed after the hello was said.
    void offerTelling.update()
  }

  const fallSilent = () => {
    delivery.pause()
    heartbeats.stop()
    cancelOutage()
  }

  const outage = () => {
    fallSilent()
    const thresholdMs = (settings?.offline_threshold ?? 300) * 1000
    cancelOutage = clock.after(OUTAGE_THRESHOLDS * thresholdMs, () => {
      log.warn({ running: runner.running().length }, 'no node for too long: what runs is ended')
      void runner.returnAll('Its device was without a node for too long.')
    })
  }

  const closerLook = createCloserLook({
    machine,
    dataDir,
    clock,
    log,
    measure: (signal) => (options.measure ?? launchBenchmark)(options.workerFile, signal),
    isBusy: () => runner.running().length > 0,
    battery: async () => (await readPower(machine)).battery,
    profile: () => described,
    learn: (more) => {
      described = { ...described, ...more }
      // Where the node does not hear of it, the next hello says it.
      connected.connection?.notify('device.profile', { profile: described })
    },
  })

  let isFinished = false
  const finish = async (exitCode: 0 | 1, reason: string): Promise<void> => {
    if (isFinished) return
    isFinished = true
    run.mark.remove()
    watch.stop()
    void closerLook.stop()
    customTypes.stop()
    fallSilent()
    await work.close()
    stopped.resolve({ exitCode, reason })
  }

  // Before the first hello, which says whether the device takes tasks.
  if (device.needsLooks) await watch.start(device.lookEveryMs())
  const connection = (options.connect ?? keepConnected)({
    node: options.node,
    log,
    hello,
    onWelcome: welcome,
    onNodes: options.onNodes,
    onDisconnected: outage,
    onRefused: (refusal) => {
      fallSilent()
      void pausing.close({ reason: 'stopping', message: REFUSED_REASON })
      const reason =
        refusal instanceof WrongKey
          ? refusal.message
          : `the node has refused this device: ${refusal.details.reason ?? refusal.code}`
      void runner.returnAll(REFUSED_REASON).then(() => finish(1, reason))
    },
    handlers: {
      'task.run': (run) => {
        closerLook.giveWay()
        runner.run(run)
      },
      'task.cancel': (attempt) => runner.cancel(attempt),
      'config.changed': (changed) => {
        settings = changed
        heartbeats.change(changed.heartbeat_interval)
        watch.change(device.lookEveryMs(changed.heartbeat_interval))
      },
    },
  })

  connected.connection = connection
  customTypes.follow(() => void offerTelling.update())

  return {
    stopped: stopped.promise,
    stop: async () => {
      await stopInOrder({ clock, pausing, runner, closerLook, delivery, idKept: () => idKept, connection })
      await finish(0, 'told to stop')
    },
    kill: () => {
      runner.kill()
      void connection.close()
      void finish(0, 'told to stop at once')
    },
    crashed: (error) => run.mark.crashed(error),
  }
}
