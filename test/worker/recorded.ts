/** Machines as a report shows them, and as fixtures/ holds them: a tree, and what Node and programs said (machine.json). */
import type { StatsFs } from 'node:fs'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine, System } from '../../src/worker/machine.ts'
import type { Told } from '../../src/worker/report/record.ts'

/** The machine that a report was unpacked to: nothing of it is this one's. */
export const machineIn = (directory: string): Machine => {
  const told = JSON.parse(readFileSync(join(directory, 'machine.json'), 'utf8')) as Told
  const system = Object.fromEntries(
    Object.entries(told.system).map(([question, answer]) => [
      question,
      () => {
        if (answer === null) throw new Error(`${question} is forbidden there`)
        return answer
      },
    ]),
  ) as unknown as System
  return {
    sysRoot: join(directory, 'sys'),
    procRoot: join(directory, 'proc'),
    etcRoot: join(directory, 'etc'),
    androidRoot: join(directory, 'system'),
    platform: told.platform,
    env: told.env,
    system,
    statfs: () => Promise.resolve(told.statfs as StatsFs),
    ask: (program, args) =>
      Promise.resolve(told.programs[[program, ...args].join(' ')] ?? told.programs[program] ?? null),
    systeminformation: () => Promise.reject(new Error('all is told in files')),
  }
}
