/** What a worker needs before it connects: who it is, what the device is, and nothing left over of an earlier run. */
import { join } from 'node:path'
import type { DeviceProfile } from '../../schemas/device-profile.ts'
import { type FinishedParams, linkMethods } from '../../schemas/link.ts'
import { problemOf } from '../link/checks.ts'
import { keptBenchmark } from './benchmark/kept.ts'
import { readTraits } from './binding.ts'
import { systemCode, WorkerError } from './errors.ts'
import { type CacheBound, type FileCache, openCache } from './files/cache.ts'
import { bearsFiles } from './files/borne.ts'
import { openSpool, type Spool } from './files/spool.ts'
import type { Clock } from './clock.ts'
import { findIdentity, type Identity, makeIdentity } from './identity.ts'
import type { Log } from './log.ts'
import type { Machine } from './machine.ts'
import { openOutbox, type Outbox } from './outbox.ts'
import { endLeftovers } from './processes/workplace.ts'
import { readProfile } from './profile.ts'

/** What the worker was started with, as far as it matters here. */
export type Wanted = {
  readonly dataDir: string
  /** The join token; undefined where none was given. */
  readonly token: string | undefined
  /** The id that the device should have; undefined: any. */
  readonly deviceId: string | undefined
  readonly log: Log
  readonly version: string
  readonly machine: Machine
  readonly clock: Clock
  /** How much of the files of tasks is kept; undefined: the usual. */
  readonly maxCache: CacheBound | undefined
}

/** A device that is ready to connect. */
export type Prepared = {
  readonly identity: Identity
  readonly workDirectory: string
  readonly outbox: Outbox
  readonly spool: Spool
  readonly cache: FileCache
  readonly profile: DeviceProfile
}

const identify = async ({ dataDir, token, deviceId, log, machine }: Wanted): Promise<Identity> => {
  const traits = await readTraits(machine)
  const found = await findIdentity(dataDir, traits)
  if (found === 'none' || found === 'elsewhere') {
    if (token === undefined)
      throw new WorkerError(
        'TOKEN_MISSING',
        found === 'none'
          ? 'This device has not joined a cluster yet: start it with --token TOKEN; the node prints the whole line at its start.'
          : `${dataDir} is a copy of another machine's, whose identity it cannot take: start it with --token TOKEN, and it joins as a device of its own.`,
      )
    if (found === 'elsewhere')
      log.warn({ data_dir: dataDir }, 'copied from another machine: this one joins as a device of its own')
    return makeIdentity(dataDir, traits)
  }
  if (deviceId !== undefined && found.device_id !== null && deviceId !== found.device_id)
    throw new WorkerError(
      'DEVICE_ID_CONFLICT',
      `${dataDir} belongs to the device ${found.device_id}; leave out --device-id, or give ${deviceId} a --data-dir of its own.`,
    )
  return found
}

const prepareAll = async (wanted: Wanted): Promise<Prepared> => {
  const { dataDir, log, version, machine, clock, maxCache } = wanted
  const identity = await identify(wanted)
  const workDirectory = join(dataDir, 'work')
  await endLeftovers(workDirectory, log)
  const outbox = await openOutbox({
    directory: join(dataDir, 'outbox'),
    isEnd: (value): value is FinishedParams => problemOf(linkMethods['task.finished'].params, value) === undefined,
    clock,
    log,
  })
  const spool = await openSpool(join(dataDir, 'outputs'), outbox.waiting().filter(bearsFiles), log)
  const { statfs } = machine
  const cache = await openCache({ directory: join(dataDir, 'files'), bound: maxCache, statfs, clock, log })
  const profile = await readProfile({ dataDir, version, machine })
  const benchmark = await keptBenchmark(dataDir, profile)
  return { identity, workDirectory, outbox, spool, cache, profile: { ...profile, benchmark } }
}

/**
 * Makes a device ready to connect.
 * @throws WorkerError where it cannot start
 */
export const prepare = async (wanted: Wanted): Promise<Prepared> => {
  try {
    return await prepareAll(wanted)
  } catch (error) {
    if (systemCode(error) === undefined || error instanceof WorkerError) throw error
    throw new WorkerError('DATA_DIR_UNUSABLE', `The data directory ${wanted.dataDir} cannot be used.`, { cause: error })
  }
}
