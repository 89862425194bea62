/** Whether the worker can keep what it has to keep. */
import { constants, type Stats } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DataDirectoryError } from '../../../store/data-directory-error.ts'
import { LOCK } from '../../../store/file-names.ts'
import { lockDirectory } from '../../../store/lock.ts'
import { failure, type Finding, ok, warning } from '../../../worker/checkup/finding.ts'
import type { Machine } from '../../../worker/machine.ts'
import { gigabytesOf } from '../../../worker/telemetry/units.ts'
import { asSentence, systemCode } from '../../failure.ts'

/** With less room results of tasks find no place, bytes: 64 MiB. */
const NEEDED_BYTES = 64 * 2 ** 20
/** With less, the device offers no storage (`src/worker/profile/capabilities.ts`), bytes: 1 GiB. */
const AMPLE_BYTES = 2 ** 30

/** Shared storage of Android: no owners, no modes. */
const SHARED = /^\/(sdcard|storage|mnt\/sdcard)(\/|$)/

const statOf = async (path: string): Promise<Stats | null> => {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

const isUsable = (path: string): Promise<boolean> =>
  access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )

const unusable = (path: string): Finding =>
  failure(
    'data_directory',
    `${path} cannot be read and written by this user.`,
    `Give it to this user (sudo chown -R "$(id -un)" ${path}), or name another directory by --data-dir.`,
  )

/** The directory that is there, of a path whose end may be missing. */
const nearest = async (path: string): Promise<string> =>
  (await statOf(path)) === null && dirname(path) !== path ? nearest(dirname(path)) : path

const checkLock = (dataDir: string): Finding | undefined => {
  try {
    lockDirectory(dataDir).release()
    return undefined
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error
    return error.kind === 'taken'
      ? ok('data_directory', 'A worker runs here now.')
      : failure('data_directory', asSentence(error.message), 'Mend the directory, or name another by --data-dir.')
  }
}

const checkMode = (dataDir: string, { mode }: Stats): readonly Finding[] =>
  process.platform === 'win32' || (mode & 0o077) === 0
    ? []
    : [
        warning(
          'data_directory',
          `Others on this device may look into ${dataDir} (mode ${(mode & 0o777).toString(8)}).`,
          `chmod 700 ${dataDir}`,
        ),
      ]

const checkRoom = async ({ statfs }: Machine, path: string): Promise<readonly Finding[]> => {
  const { bavail, bsize } = await statfs(path)
  const room = bavail * bsize
  const saw = `${gigabytesOf(room)} GiB are free for ${path}.`
  if (room < NEEDED_BYTES) return [failure('data_directory', saw, 'Make room: results of tasks find no place.')]
  if (room >= AMPLE_BYTES) return []
  return [
    warning('data_directory', saw, 'Make room: with less than 1 GiB the device is given nothing that needs storage.'),
  ]
}

const look = async (machine: Machine, dataDir: string): Promise<readonly Finding[]> => {
  const there = await nearest(dataDir)
  const stats = await statOf(there)
  if (stats?.isDirectory() !== true)
    return [failure('data_directory', `${there} is no directory.`, 'Name another by --data-dir.')]
  if (!(await isUsable(there))) return [unusable(there)]
  const findings = [...(await checkRoom(machine, there))]
  if (SHARED.test(dataDir))
    findings.push(
      warning(
        'data_directory',
        `${dataDir} lies in shared storage, where every app may read the credential.`,
        'Keep it in the home directory of Termux: leave out --data-dir.',
      ),
    )
  if (there !== dataDir)
    return findings.length > 0 ? findings : [ok('data_directory', `${dataDir} is made at the first start.`)]
  findings.push(...checkMode(dataDir, stats))
  // A directory in which no worker ever ran has no lock, and gets none by being looked at.
  const lock = (await statOf(join(dataDir, LOCK))) === null ? undefined : checkLock(dataDir)
  if (lock !== undefined) findings.push(lock)
  return findings.some(({ state }) => state !== 'ok')
    ? findings
    : [...findings, ok('data_directory', `${dataDir} can be used.`)]
}

/** Looks at the data directory, without making it. */
export const checkDataDirectory = async (machine: Machine, dataDir: string): Promise<readonly Finding[]> => {
  try {
    return await look(machine, dataDir)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    // A directory on the way to it is closed to this user.
    return [unusable(dataDir)]
  }
}
