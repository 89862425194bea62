/** What the owner allows, and whether the device can do it. */
import { access } from 'node:fs/promises'
import { constants } from 'node:fs'
import { needsPython } from '../allow.ts'
import type { Machine } from '../machine.ts'
import { isAndroid } from '../profile/platform.ts'
import { findPython } from '../profile/python.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Where Android keeps pictures and downloads, as Termux sees it once it may. */
const SHARED_STORAGE = '/storage/emulated/0'

const isReadable = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  )

const pythonFix = (isPhone: boolean, types: readonly string[]): string =>
  isPhone
    ? 'pkg install python'
    : `Install python3 (Debian, Ubuntu: sudo apt install python3), or leave ${types.join(' and ')} out of --allow.`

/** Whether tasks of a type have all rights of the worker's user. */
const hasAllRights = (type: string): boolean => type === 'command' || type === 'python'

const areAllowed = (types: readonly string[]): string =>
  `${types.join(' and ')} ${types.length === 1 ? 'is' : 'are'} allowed`

/**
 * Looks at permissions.
 * @param allow - names of `--allow`
 * @param userId - of the user that the worker runs as; undefined on Windows
 */
export const checkPermissions = async (
  machine: Machine,
  allow: readonly string[],
  userId = process.getuid?.(),
): Promise<readonly Finding[]> => {
  const isPhone = await isAndroid(machine)
  const findings: Finding[] = []
  const ofPython = allow.filter(needsPython)
  if (ofPython.length > 0 && (await findPython(machine)) === null)
    findings.push(
      warning('permissions', `${areAllowed(ofPython)}, and there is no python3.`, pythonFix(isPhone, ofPython)),
    )
  const unbounded = allow.filter(hasAllRights)
  if (unbounded.length > 0 && userId === 0 && !isPhone)
    findings.push(
      warning(
        'permissions',
        `${areAllowed(unbounded)}, and the worker runs as root: tasks may do anything on this device.`,
        'Run the worker as a user of its own.',
      ),
    )
  if (unbounded.length > 0 && isPhone && !(await isReadable(SHARED_STORAGE)))
    findings.push(
      warning(
        'permissions',
        `${areAllowed(unbounded)}, and tasks cannot read the pictures and downloads of this phone.`,
        'Where they are to: termux-setup-storage.',
      ),
    )
  const allowed =
    allow.length === 0 ? 'Nothing is allowed beyond echo, sleep and system_info.' : `Allowed: ${allow.join(', ')}.`
  return findings.length === 0 ? [ok('permissions', allowed)] : findings
}
