/** A peer against ours: the same tasks, in turns. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../measure/case.ts'
import { inPairs } from '../measure/pairs.ts'
import { rowOf, type Wanted } from '../measure/row.ts'
import { quantile } from '../measure/statistics.ts'
import type { Contestant, Peer } from './contestant.ts'
import { cpuSecondsOf, residentMbOf } from './footprint.ts'

/** Tasks that are under way at a time. */
const IN_FLIGHT = 50
/** Of tasks one at a time: enough for a p99. */
const ALONE = 1000
/** The longest that either is measured, seconds: the slowest decide nothing by being waited for. */
const [LONGEST, LONGEST_ALONE] = [60, 10]

const runsOf =
  ({ driver, servers }: Contestant, tasks: number) =>
  async () => {
    const cpuBefore = cpuSecondsOf(servers)
    const together = await driver.drive({ in_flight: IN_FLIGHT, tasks, seconds: LONGEST })
    const cpuUs = ((cpuSecondsOf(servers) - cpuBefore) * 1e6) / together.task_ms.length
    const residentMb = residentMbOf(servers)
    const { task_ms } = await driver.drive({ in_flight: 1, tasks: Math.min(tasks, ALONE), seconds: LONGEST_ALONE })
    return {
      perSecond: together.task_ms.length / together.seconds,
      cpuUs,
      residentMb,
      p50Ms: quantile(task_ms, 0.5),
      p99Ms: quantile(task_ms, 0.99),
    }
  }

/** Compares ours with a peer: so many tasks in each round. */
export const caseOf = ({ name, title, times, isBoundAlone = false, start }: Peer, tasks: number): Case => ({
  name,
  measure: async ({ pairs, directory, tell, using }) => {
    const theirs = join(directory, name)
    mkdirSync(theirs)
    const { ours, peer } = await start({ directory, using }, { directory: theirs, using })
    const measured = await inPairs({ ours: runsOf(ours, tasks), ceiling: runsOf(peer, tasks) }, pairs, tell)
    const row = (
      figure: 'perSecond' | 'p50Ms' | 'p99Ms' | 'residentMb',
      what: string,
      unit: string,
      wanted: Wanted | null,
    ) => rowOf(measured, figure, { what: `${title}: ${what}`, unit, wanted })
    // The processor time is that of 50 in flight.
    const aside = (...told: Parameters<typeof row>) => ({ ...row(...told), cpuUs: null })
    return [
      row('perSecond', `${IN_FLIGHT} in flight`, 'tasks/s', times === null ? null : { of: 'ratio', least: times }),
      aside('p50Ms', 'one at a time, p50', 'ms', isBoundAlone ? { of: 'ratio', most: 1 } : null),
      aside('p99Ms', 'one at a time, p99', 'ms', null),
      aside('residentMb', 'memory', 'MB', null),
    ]
  },
})
