/** `retire-cluster tasks`. */
import type { CommandGroup } from './command.ts'
import { cancel } from './tasks/cancel.ts'
import { list } from './tasks/list.ts'
import { retry } from './tasks/retry.ts'
import { show } from './tasks/show.ts'
import { submit } from './tasks/submit.ts'
import { wait } from './tasks/wait.ts'

/** The commands of the group. */
export const commands: CommandGroup = [submit, wait, list, show, cancel, retry]
