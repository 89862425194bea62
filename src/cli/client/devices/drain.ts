/** `retire-cluster devices drain` and `undrain`. */
import { optional } from '../../options/flag.ts'
import { text } from '../../options/readers.ts'
import { command } from '../command.ts'
import { devicesArgument } from './arguments.ts'
import { changeDevices } from './change.ts'

const flags = { tag: optional(text('TAG'), 'All devices that bear this tag.') } as const

/** The command that takes devices out of service. */
export const drain = command({
  name: 'drain',
  summary: 'Give devices nothing new; they finish what they have.',
  args: [devicesArgument],
  flags,
  examples: ['retire-cluster devices drain android-001', 'retire-cluster devices drain --tag lab'],
  run: (context, { tag }, args) => changeDevices(context, { args, tag }, { set: { schedulable: false } }, 'drained'),
})

/** The command that takes them in again. */
export const undrain = command({
  name: 'undrain',
  summary: 'Give drained devices tasks again.',
  args: [devicesArgument],
  flags,
  examples: ['retire-cluster devices undrain --tag lab'],
  run: (context, { tag }, args) =>
    changeDevices(context, { args, tag }, { set: { schedulable: true } }, 'no longer drained'),
})
