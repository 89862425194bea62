/** The flags of `install-service` and `uninstall-service`. */
import { flag, optional } from '../../options/flag.ts'
import { text, toggle } from '../../options/readers.ts'
import { workerFlags } from '../worker-flags.ts'

/** None is a key of the config file: the worker reads the same one, and knows none of them. */
const ofCommand = { inFile: false } as const

const system = {
  ...flag(toggle, 'A unit of the system, for root (Linux): it needs no user to log in.', false),
  ...ofCommand,
}

/** All that the worker takes, and how the service is made. */
export const installFlags = {
  ...workerFlags,
  system,
  run_as: {
    ...optional(text('USER'), 'With --system: the user that the worker runs as.', 'who called sudo, else root'),
    ...ofCommand,
  },
  print: { ...flag(toggle, 'Show the file that would be written, and change nothing.', false), ...ofCommand },
} as const

/** Which service is removed. */
export const uninstallFlags = { system } as const
