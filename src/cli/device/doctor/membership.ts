/** Whether the device may speak with a node: joined, or given a token to join with. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readTraits } from '../../../worker/binding.ts'
import { failure, type Finding, ok, warning } from '../../../worker/checkup/finding.ts'
import { WorkerError } from '../../../worker/errors.ts'
import { peekIdentity } from '../../../worker/identity.ts'
import type { Machine } from '../../../worker/machine.ts'

const JOIN =
  'Start the worker with --join HOST and --token TOKEN.FINGERPRINT; the node prints the whole line at its start, and retire-cluster tokens create makes another.'

const isPrivate = async (path: string): Promise<boolean> =>
  process.platform === 'win32' || ((await stat(path)).mode & 0o077) === 0

const checkIdentity = async (machine: Machine, dataDir: string, hasToken: boolean): Promise<Finding> => {
  const identity = await peekIdentity(dataDir, await readTraits(machine))
  if (identity === 'none')
    return hasToken
      ? ok('token', 'The device has not joined yet, and does so with the token that was given.')
      : failure('token', 'The device has not joined a cluster yet.', JOIN)
  if (identity === 'elsewhere')
    return hasToken
      ? ok('token', `${dataDir} is a copy of another machine's; this one joins as a device of its own.`)
      : failure('token', `${dataDir} is a copy of another machine's, whose identity this one cannot take.`, JOIN)
  const path = join(dataDir, 'identity.json')
  if (!(await isPrivate(path)))
    return warning('token', `Others on this device may read the credential in ${path}.`, `chmod 600 ${path}`)
  return identity.device_id === null
    ? ok('token', 'The device has a credential, and has not been welcome yet.')
    : ok('token', `The device has joined as ${identity.device_id}.`)
}

/** Looks at who the device is. Whether the node still knows its credential only a worker that starts is told. */
export const checkMembership = async (machine: Machine, dataDir: string, hasToken: boolean): Promise<Finding> => {
  try {
    return await checkIdentity(machine, dataDir, hasToken)
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error
    return failure('token', error.message, `Move it away, and join anew. ${JOIN}`)
  }
}
