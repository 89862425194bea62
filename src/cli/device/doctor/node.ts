/** Whether the node can be reached, is the one that was meant, and has the same time. */
import { inUrl } from '../../../link/address.ts'
import type { NodeEndpoint } from '../../../link/client/keep-connected.ts'
import { lookIn } from '../../../link/client/look-in.ts'
import { WrongKey } from '../../../link/client/keep-connected.ts'
import { failure, type Finding, ok, warning } from '../../../worker/checkup/finding.ts'
import { asSentence, systemCode } from '../../failure.ts'

/** A node in the same network answers in a fraction of it, milliseconds. */
const PATIENCE_MS = 5000
/** Clocks that differ by less disturb nobody, seconds. */
const TOLERATED_SECONDS = 60

const unreachable = ({ host, port }: NodeEndpoint, error: unknown): Finding => {
  const at = `${inUrl(host)}:${port}`
  if (error instanceof WrongKey)
    return failure(
      'network',
      asSentence(error.message),
      'Take the line that the node prints now (or: retire-cluster tokens create), or find out who answers there in its place.',
    )
  const code = systemCode(error) ?? 'unknown'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failure(
      'network',
      `The name ${host} cannot be resolved (${code}).`,
      'Name the node by its address in numbers: --join ADDRESS.',
    )
  if (code === 'ECONNREFUSED')
    return failure(
      'network',
      `Nothing listens at ${at}.`,
      'Start the node there, and compare the port with its --cluster-port and the address with its --cluster-bind.',
    )
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return failure(
      'network',
      `What answers at ${at} does not speak TLS, which the token asks for (${code}).`,
      'Compare the port with the --cluster-port of the node.',
    )
  return failure(
    'network',
    `${at} cannot be reached (${code}).`,
    `Bring the device into the network of the node (guest networks keep devices apart), and let TCP port ${port} through the firewall of the node.`,
  )
}

const checkClock = (aheadMs: number | null): Finding => {
  if (aheadMs === null) return ok('clock', 'The node told no time.')
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (seconds <= TOLERATED_SECONDS) return ok('clock', 'The clock agrees with that of the node.')
  return warning(
    'clock',
    `The clock is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the node.`,
    'Have the clock set by the network (Linux: sudo timedatectl set-ntp true; else in the settings of date and time), or correct that of the node.',
  )
}

/** Looks at the node. */
export const checkNode = async (node: NodeEndpoint): Promise<readonly Finding[]> => {
  const at = `${inUrl(node.host)}:${node.port}`
  try {
    const { aheadMs, status } = await lookIn(node, PATIENCE_MS)
    if (status === 400 && node.fingerprint === undefined)
      return [
        failure(
          'network',
          `The node at ${at} speaks TLS, and the token names no key.`,
          'Take the token as the node printed it: TOKEN.FINGERPRINT.',
        ),
      ]
    const how = node.fingerprint === undefined ? 'over a plain link' : 'and shows the right key'
    return [ok('network', `The node at ${at} answers, ${how}.`), checkClock(aheadMs)]
  } catch (error) {
    return [unreachable(node, error)]
  }
}
