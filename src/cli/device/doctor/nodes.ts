/** Which of the nodes of a cluster can be reached. */
import { type Finding, warning } from '../../../worker/checkup/finding.ts'
import type { Nodes } from '../../../worker/search/whereabouts.ts'
import { checkNode } from './node.ts'

/**
 * Looks at each node. One that answers is enough to work: the others are nowhere to go to when that one is gone. The clock is
 * compared with the first that answers.
 */
export const checkNodes = async (nodes: Nodes): Promise<readonly Finding[]> => {
  const findings = (await Promise.all(nodes.map(checkNode))).flat()
  const [clock] = findings.filter(({ check }) => check === 'clock')
  const networks = findings.filter(({ check }) => check === 'network')
  if (clock === undefined) return networks
  const seen = networks.map((found) =>
    found.fix === null ? found : warning('network', `${found.saw} Another node answers.`, found.fix),
  )
  return [...seen, clock]
}
