/** What the owner of the device allows, and what the worker therefore offers. */
import type { DeviceProfile, Offer } from '../../schemas/device-profile.ts'
import { builtinTypeNames, builtinTypes, permissionNames, permissions } from '../../schemas/task-types.ts'
import { WorkerError } from './errors.ts'

/** Runs wherever the worker runs. */
const ALWAYS = builtinTypeNames.filter((name) => !builtinTypes[name].needsAllow)
/** Task types that need the owner's word. */
const TYPES = builtinTypeNames.filter((name) => builtinTypes[name].needsAllow)
/** All that can be allowed. */
const NAMES: readonly string[] = [...TYPES, ...permissionNames]

/**
 * The offer of this device.
 * @param allow - names of `--allow`
 * @param slots - tasks at a time
 * @throws WorkerError `NOT_ALLOWED` for a name that cannot be allowed, and for a permission without the type that it widens
 */
export const offerOf = (allow: readonly string[], slots: number): Offer => {
  const unknown = allow.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) {
    throw new WorkerError(
      'NOT_ALLOWED',
      `--allow ${unknown}: this worker cannot allow it; it can allow ${NAMES.join(', ')}.`,
    )
  }
  const allowed = permissionNames.filter((name) => allow.includes(name))
  for (const name of allowed) {
    const widened = permissions[name]
    if (!allow.includes(widened)) {
      throw new WorkerError('NOT_ALLOWED', `--allow ${name} widens ${widened}: allow both, --allow ${widened},${name}.`)
    }
  }
  return {
    slots,
    task_types: [...ALWAYS, ...TYPES.filter((name) => allow.includes(name))],
    allow: allowed,
    custom_types: [],
    files: true,
  }
}

/** Whether a type runs by the device's own Python. */
export const needsPython = (type: string): boolean => type === 'python' || type === 'python_eval'

/** What of an offer the device is able to do. */
export const ableOf = (offer: Offer, { platform }: DeviceProfile): Offer =>
  platform.python_version === null
    ? { ...offer, task_types: offer.task_types.filter((type) => !needsPython(type)) }
    : offer
