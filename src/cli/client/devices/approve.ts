/** `retire-cluster devices approve`. */
import { optional } from '../../options/flag.ts'
import { text } from '../../options/readers.ts'
import { command } from '../command.ts'
import { devicesArgument } from './arguments.ts'
import { changeDevices } from './change.ts'

/** The command. */
export const approve = command({
  name: 'approve',
  summary: 'Let in devices that wait for approval.',
  args: [devicesArgument],
  flags: { tag: optional(text('TAG'), 'All devices that bear this tag.') },
  examples: [
    'retire-cluster devices approve android-001',
    'retire-cluster devices list -q --status pending_approval | retire-cluster devices approve -',
  ],
  run: (context, { tag }, args) => changeDevices(context, { args, tag }, { approve: true }, 'approved'),
})
