/** Whether the device is in a network that costs by the byte. */
import type { Machine } from '../machine.ts'
import { readMetered } from '../telemetry/metered.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Looks at the network; nothing is said where nothing tells. */
export const checkMetered = async (machine: Machine): Promise<readonly Finding[]> => {
  const { name = '', isMetered = null } = (await readMetered(machine)) ?? {}
  if (isMetered === null) return []
  if (!isMetered) return [ok('metered', `The network of ${name} is not metered.`)]
  return [
    warning(
      'metered',
      `The network of ${name} is metered.`,
      'Use Wi-Fi or a cable, or let only tasks without "not_metered" come here.',
    ),
  ]
}
