/** Three nodes on one PostgreSQL, used through whichever answers, and struck by faults: what was acknowledged is there, and ends once. */
import type { Test } from 'tap'
import type { Plan } from '../../../faults/chance.ts'
import { warmCompileCache } from '../../../faults/launcher.ts'
import { isClean, use } from '../../../faults/scene.ts'
import type { PostgresServer } from '../server.ts'
import { type Fault, faults } from './faults.ts'
import { startNodesRig } from './rig.ts'

/** Faults of one cluster, before all is compared and the next one begins in a new database. */
const FAULTS_A_ROUND = 50

/** Tasks that are acknowledged between two faults, fewer than this. */
const TASKS = 15

/** A fault, by its name. */
export type FaultName = keyof typeof faults

const inWords = (ms: readonly number[]): string => {
  const sorted = [...ms].sort((one, other) => one - other).map(Math.round)
  return `${sorted[Math.floor(sorted.length / 2)]} ms (median), ${sorted.at(-1)} ms (longest) of ${sorted.length}`
}

/** Strikes as often as the plan says, with each of these faults in turn. */
export const strike = async (
  t: Test,
  server: PostgresServer,
  { chance, count, replay }: Plan,
  names: readonly FaultName[],
): Promise<void> => {
  t.comment(replay)
  const compileCache = await warmCompileCache(t)
  const times = new Map<string, number[]>()
  for (let struck = 0; struck < count;) {
    const rig = await startNodesRig(t, {
      ...{ chance, compileCache, server, database: `struck_${struck}` },
      // Nobody is lost, however long his node is away: only nodes and the database are struck, so that nothing may run twice.
      nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '180', '--reconnect-grace', '90'],
      workerArgs: ['--slots', '4'],
    })
    const { tape, judge, further } = await use(rig, {
      chance,
      workers: ['worker-0', 'worker-1', 'worker-2'],
    })
    const findings: string[] = []
    const end = Math.min(count, struck + FAULTS_A_ROUND)
    for (; struck < end && rig.breaches.length === 0; struck += 1) {
      await further(1 + chance.below(TASKS))
      const name = names[struck % names.length]
      if (name === undefined) throw new Error('no fault was named')
      const fault: Fault = faults[name]
      await fault({
        ...{ rig, chance, further, number: Math.floor(struck / names.length) },
        found: (what) => findings.push(what),
        took: (what, ms) => times.set(what, [...(times.get(what) ?? []), ms]),
      })
      await rig.allServe()
    }
    findings.push(...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`))
    t.comment(`${struck} of ${count} faults, ${tape.ends.size} tasks, ${rig.client.refused} answers of 503`)
    if (!isClean(t, findings, `the oracle is clean after ${struck} faults; else: ${replay}`)) return
  }
  for (const [what, ms] of times) t.comment(`${what}: ${inWords(ms)}`)
}
