/** `kill -9` of a node that is apart from its API server, of that server, and of both at once. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { ServerHealth } from '../../../schemas/index.ts'
import { until } from '../../start-cluster.ts'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import type { Start } from '../programs.ts'
import { isClean, startScene } from '../scene.ts'

/** They are killed once so many tasks have been acknowledged since, fewer than this; or after so many milliseconds. */
const TASKS = 15
const LONGEST_MS = 5000

/** The scenario: as many kills as the plan says. */
export const killApart = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const { rig, journal, tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    mode: 'remote',
    workers: ['one', 'two'],
    nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '60', '--reconnect-grace', '1'],
    workerArgs: ['--slots', '4'],
  })
  for (let n = 0; n < count; n += 1) {
    await Promise.race([journal.further(chance.below(TASKS)), pause(LONGEST_MS, undefined, { ref: false })])
    const victims = chance.pick([['node'], ['node'], ['server'], ['node', 'server']])
    await Promise.all(victims.map((what) => (what === 'server' ? rig.killServer() : rig.kill(what))))
    const starts: Start[] = []
    if (victims.includes('node')) starts.push(rig.startNode())
    if (victims.includes('server')) starts.push(rig.startServer())
    await Promise.all(starts.map(({ ready }) => ready))
  }
  await until('the server reaches its node', async () => {
    const health = await rig.client.call<ServerHealth>('GET', '/health')
    return health?.data.cluster.reachable === true || undefined
  })
  const findings = [...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`)]
  t.comment(`${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} kills; else: ${replay}`)
}
