/** Type → executor: what this device runs. */
import type { Offer } from '../../../schemas/link.ts'
import { command } from './command.ts'
import type { Executor } from './executor.ts'
import { echo, sleep, systemInfo } from './simple.ts'

/** The executors of a device. */
export type Executors = ReadonlyMap<string, Executor>

/** The executors of what the device offers, and of nothing else. */
export const executorsOf = (
  offer: Offer,
  { workDirectory, look }: { readonly workDirectory: string; readonly look: Parameters<typeof systemInfo>[0] },
): Executors => {
  const all: Readonly<Record<string, Executor>> = {
    echo,
    sleep,
    system_info: systemInfo(look),
    command: command({ workDirectory, shell: offer.allow.includes('shell') }),
  }
  return new Map(Object.entries(all).filter(([type]) => offer.task_types.includes(type)))
}
