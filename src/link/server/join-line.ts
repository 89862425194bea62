/** The line that a person pastes on a device to make it join. */
import { inUrl } from './request-host.ts'

/**
 * The line for a POSIX shell (Linux, Termux, macOS). An IPv6 address gets its brackets.
 * @example joinLine({ host: '192.168.1.100', port: 8080, token: 'T' }) // "curl -fsS http://192.168.1.100:8080/join | sh -s -- T"
 */
export const joinLine = ({
  host,
  port,
  token,
}: {
  readonly host: string
  readonly port: number
  readonly token: string
}): string => `curl -fsS http://${inUrl(host)}:${port}/join | sh -s -- ${token}`
