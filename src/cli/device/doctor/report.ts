/** The report of a device: what a worker reads of it, without what is nobody's business, as one file to give away. */
import { writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { attemptToRead, type Machine } from '../../../worker/machine.ts'
import { record } from '../../../worker/report/record.ts'
import { redact } from '../../../worker/report/redact.ts'
import { tarOf } from '../../../worker/report/tar.ts'
import { StartError, systemCode } from '../../failure.ts'

/**
 * Writes the report of a machine.
 * @returns how many files it holds
 * @throws StartError where the file cannot be written
 */
export const writeReport = async (machine: Machine, file: string): Promise<number> => {
  const user = attemptToRead(() => userInfo({ encoding: 'utf8' }))?.username ?? ''
  const { files, told } = redact(await record(machine, tmpdir()), { hostname: machine.system.hostname(), user })
  const all = new Map(files).set('machine.json', `${JSON.stringify(told, null, 2)}\n`)
  try {
    await writeFile(file, tarOf(all))
  } catch (error) {
    throw new StartError(`${file} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
  return all.size
}
