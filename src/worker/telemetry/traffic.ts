/** Bytes that went over the network, from /proc/net/dev (proc_pid_net(5)). */
import { readText, type Roots } from '../machine.ts'

/** Bytes received and sent since the system started. */
export type Traffic = { readonly received: number; readonly sent: number }

/** Interfaces that carry what another carries already, or that leave the machine nowhere. */
const VIRTUAL = /^(lo|docker|veth|br-|virbr|tun|tap|wg|tailscale|zt|dummy|ifb|bond|team)/

/** Sums over the interfaces that stand for hardware; null where the kernel keeps it from us (Android 10 and later). */
export const readTraffic = async ({ procRoot }: Roots): Promise<Traffic | null> => {
  const table = await readText(procRoot, 'net/dev')
  if (table === null) return null
  let received = 0
  let sent = 0
  for (const line of table.split('\n')) {
    const [name, figures] = line.split(':')
    if (name === undefined || figures === undefined || VIRTUAL.test(name.trim())) continue
    // Eight columns for what was received, the first its bytes; then eight for what was sent.
    const columns = figures.trim().split(/\s+/).map(Number)
    received += columns[0] ?? 0
    sent += columns[8] ?? 0
  }
  return { received, sent }
}
