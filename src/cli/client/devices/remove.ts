/** `retire-cluster devices remove`. */
import { flag, optional } from '../../options/flag.ts'
import { text, toggle } from '../../options/readers.ts'
import { command } from '../command.ts'
import { devicesArgument } from './arguments.ts'
import { changeDevices } from './change.ts'

/** The command. */
export const remove = command({
  name: 'remove',
  summary: 'Remove devices, and revoke their credentials.',
  args: [devicesArgument],
  flags: {
    tag: optional(text('TAG'), 'All devices that bear this tag.'),
    force: flag(toggle, 'Remove them though they have unfinished tasks, and cancel these.', false),
  },
  examples: [
    'retire-cluster devices remove android-001 --force',
    'retire-cluster devices list -q --status offline | retire-cluster devices remove -',
  ],
  run: (context, { tag, force }, args) =>
    changeDevices(context, { args, tag }, { remove: force ? { force } : {} }, 'removed'),
})
