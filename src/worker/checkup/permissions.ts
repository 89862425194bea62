/** What the owner allows, and whether the device can do it. */
import { access } from 'node:fs/promises'
import { constants } from 'node:fs'
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

const pythonFix = (isPhone: boolean): string =>
  isPhone
    ? 'pkg install python'
    : 'Install python3 (Debian, Ubuntu: sudo apt install python3), or leave python_eval out of --allow.'

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
  if (allow.includes('python_eval') && (await findPython(machine)) === null)
    findings.push(warning('permissions', 'python_eval is allowed, and there is no python3.', pythonFix(isPhone)))
  if (allow.includes('command') && userId === 0 && !isPhone)
    findings.push(
      warning(
        'permissions',
        'command is allowed, and the worker runs as root: tasks may do anything on this device.',
        'Run the worker as a user of its own.',
      ),
    )
  if (allow.includes('command') && isPhone && !(await isReadable(SHARED_STORAGE)))
    findings.push(
      warning(
        'permissions',
        'command is allowed, and tasks cannot read the pictures and downloads of this phone.',
        'Where they are to: termux-setup-storage.',
      ),
    )
  const allowed =
    allow.length === 0 ? 'Nothing is allowed beyond echo, sleep and system_info.' : `Allowed: ${allow.join(', ')}.`
  return findings.length === 0 ? [ok('permissions', allowed)] : findings
}
