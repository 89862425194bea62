/** `retire-cluster tasks`. */
import type { CommandGroup } from './command.ts'
import { cancel } from './tasks/cancel.ts'
import { fetch } from './tasks/fetch.ts'
import { list } from './tasks/list.ts'
import { logs } from './tasks/logs.ts'
import { attach, map } from './tasks/map.ts'
import { retry } from './tasks/retry.ts'
import { show } from './tasks/show.ts'
import { submit } from './tasks/submit.ts'
import { wait } from './tasks/wait.ts'

/** The commands of the group. */
export const commands: CommandGroup = [submit, map, attach, fetch, wait, logs, list, show, cancel, retry]
