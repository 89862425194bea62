/** What the owner of the device allows, and what the worker therefore offers. */
import type { Offer } from '../../schemas/link.ts'
import { WorkerError } from './errors.ts'

/** Runs wherever the worker runs. */
const ALWAYS = ['echo', 'sleep', 'system_info']
/** Task types that need the owner's word. */
const TYPES = ['command']
/** Permissions beside the types: `shell` lets `command` take a line for /bin/sh. */
const PERMISSIONS = ['shell']

/**
 * The offer of this device.
 * @param allow - names of `--allow`
 * @param slots - tasks at a time
 * @throws WorkerError `NOT_ALLOWED` for a name that cannot be allowed, and for `shell` without `command`
 */
export const offerOf = (allow: readonly string[], slots: number): Offer => {
  const unknown = allow.find((name) => !TYPES.includes(name) && !PERMISSIONS.includes(name))
  if (unknown !== undefined) {
    throw new WorkerError(
      'NOT_ALLOWED',
      `--allow ${unknown}: this worker cannot allow it; it can allow ${[...TYPES, ...PERMISSIONS].join(', ')}.`,
    )
  }
  if (allow.includes('shell') && !allow.includes('command')) {
    throw new WorkerError('NOT_ALLOWED', '--allow shell widens command: allow both, --allow command,shell.')
  }
  return {
    slots,
    task_types: [...ALWAYS, ...TYPES.filter((name) => allow.includes(name))],
    allow: PERMISSIONS.filter((name) => allow.includes(name)),
    custom_types: [],
  }
}
