/** By which names the listeners of a server are called. */
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** The name of this machine, whole and short, and as mDNS has it (RFC 6762 §3). */
const ownNames = (): readonly string[] => {
  const whole = hostname()
  const short = whole.split('.', 1)[0] ?? whole
  return [whole, short, `${short}.local`]
}

/** The names of this machine, those that the flags allow, and those that a listener was bound by. */
export const hostNames = (allowed: readonly string[], ...binds: readonly string[]): readonly string[] => [
  ...ownNames(),
  ...allowed,
  ...binds.filter((bind) => isIP(bind) === 0),
]
