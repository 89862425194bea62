/** `retire-cluster devices`. */
import type { CommandGroup } from './command.ts'
import { approve } from './devices/approve.ts'
import { drain, undrain } from './devices/drain.ts'
import { list } from './devices/list.ts'
import { pingDevices } from './devices/ping.ts'
import { remove } from './devices/remove.ts'
import { run } from './devices/run.ts'
import { show } from './devices/show.ts'

/** The commands of the group. */
export const commands: CommandGroup = [list, show, run, pingDevices, approve, drain, undrain, remove]
