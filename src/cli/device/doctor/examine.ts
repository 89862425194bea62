/** All that is looked at of a device, in the order in which it has to be mended. */
import { offerOf } from '../../../worker/allow.ts'
import { checkMachine } from '../../../worker/checkup.ts'
import { failure, type Finding } from '../../../worker/checkup/finding.ts'
import { WorkerError } from '../../../worker/errors.ts'
import type { Machine } from '../../../worker/machine.ts'
import { Failure, UsageError } from '../../failure.ts'
import type { Values } from '../../options/flag.ts'
import { nodesToJoin } from '../nodes-to-join.ts'
import type { workerFlags } from '../worker-flags.ts'
import { checkDataDirectory } from './data-directory.ts'
import { checkMembership } from './membership.ts'
import { checkNodes } from './nodes.ts'

const checkNetwork = async (values: Values<typeof workerFlags>): Promise<readonly Finding[]> => {
  try {
    const { nodes } = await nodesToJoin(values)
    return await checkNodes(nodes)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [failure('network', 'It is not known to which node to speak, and how.', error.message)]
  }
}

/**
 * Looks over a device with the flags of its worker. Changes nothing.
 * @throws UsageError for what cannot be allowed
 */
export const examine = async (machine: Machine, values: Values<typeof workerFlags>): Promise<readonly Finding[]> => {
  const { data_dir: dataDir, allow, token } = values
  try {
    offerOf(allow, 1)
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error
    throw new UsageError(error.message, { cause: error })
  }
  const [ofDirectory, ofNetwork, ofMembership, ofMachine] = await Promise.all([
    checkDataDirectory(machine, dataDir),
    checkNetwork(values),
    checkMembership(machine, dataDir, token !== undefined),
    checkMachine(machine, { dataDir, allow }),
  ])
  return [...ofDirectory, ...ofNetwork, ofMembership, ...ofMachine]
}
