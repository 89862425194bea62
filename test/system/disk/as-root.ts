/** What the tests of the disk need root for: mounting one, and attaching to a process. */
import { userInfo } from 'node:os'

/**
 * A command line with the rights of root. Under `unshare -rm` one is root; where that is forbidden, sudo has to do without a
 * password, and the test fails where it asks for one.
 */
export const asRoot = (command: string, args: readonly string[]): { program: string; args: string[] } =>
  userInfo().uid === 0 ? { program: command, args: [...args] } : { program: 'sudo', args: ['-n', command, ...args] }
