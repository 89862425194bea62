/** `kill -9` of the server at random moments: while it is used, and while it starts. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { TaskList } from '../../../schemas/index.ts'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import type { Rig } from '../rig.ts'
import { isClean, startScene } from '../scene.ts'

/** Kills of one cluster, before all is compared and the next one begins in a new directory. */
const KILLS_A_ROUND = 50
/** So often the server is killed while it starts. */
const DURING_START = 0.15
/** It is killed once it has acknowledged so many tasks since its start, fewer than this, and a little later. */
const TASKS = 15
/** How much later at most; and the longest that it serves, however slow the machine. Milliseconds. */
const LATER_MS = 20
const LONGEST_MS = 5000

/** The tasks that were acknowledged and are not there. */
const missing = async (rig: Rig, acknowledged: readonly string[]): Promise<string[]> => {
  if (acknowledged.length === 0) return []
  const newest = await rig.client.call<TaskList>('GET', '/api/v1/tasks?limit=200')
  const there = new Set(newest?.data.tasks.map(({ task_id }) => task_id))
  const lost: string[] = []
  for (const task_id of acknowledged) {
    if (there.has(task_id)) continue
    const answer = await rig.client.call('GET', `/api/v1/tasks/${task_id}`)
    if (answer?.status !== 200) lost.push(`${task_id} was acknowledged, and is lost: ${answer?.status}`)
  }
  return lost
}

/** One cluster, killed so often. Resolves with what the oracle found, and how long each start took, milliseconds. */
const round = async (t: Test, { chance }: Plan, kills: number, compileCache: string) => {
  const { rig, journal, tape, judge } = await startScene(t, {
    chance,
    compileCache,
    workers: ['one', 'two'],
    // No worker is to be taken for lost in this; and one whose node is away looks again after a third of a second at the latest.
    nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '60', '--reconnect-grace', '1'],
    workerArgs: ['--slots', '4'],
  })
  const readyMs: number[] = []
  const findings: string[] = []
  let verified = 0
  let killed = 0
  const kill = async () => {
    await rig.killServer()
    killed += 1
  }
  while (killed < kills && rig.breaches.length === 0) {
    await Promise.race([journal.further(chance.below(TASKS)), pause(LONGEST_MS, undefined, { ref: false })])
    await pause(chance.between(0, LATER_MS))
    await kill()
    let start = rig.startServer()
    while (killed < kills && chance.happens(DURING_START)) {
      await pause(chance.between(0, readyMs.at(-1) ?? 1000))
      await kill()
      start = rig.startServer()
    }
    const acknowledged = journal.acknowledged.slice(verified)
    const ms = await start.ready
    if (ms === undefined) break
    readyMs.push(ms)
    findings.push(...(await missing(rig, acknowledged)))
    verified += acknowledged.length
  }
  findings.push(...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `taken for offline: ${absence}`))
  return { findings, readyMs, killed, tasks: tape.created.size }
}

const percentile = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN)

/** The scenario: as many kills as the plan says. */
export const killServer = async (t: Test, plan: Plan): Promise<void> => {
  t.comment(plan.replay)
  const compileCache = await warmCompileCache(t)
  const ready: number[] = []
  let killed = 0
  let tasks = 0
  const startMs = performance.now()
  while (killed < plan.count) {
    const of = Math.min(KILLS_A_ROUND, plan.count - killed)
    const outcome = await round(t, plan, of, compileCache)
    killed += outcome.killed
    tasks += outcome.tasks
    ready.push(...outcome.readyMs)
    t.comment(`${killed} of ${plan.count} kills, ${tasks} tasks, ${Math.round((performance.now() - startMs) / 1000)} s`)
    if (!isClean(t, outcome.findings, `the oracle is clean after ${killed} kills; else: ${plan.replay}`)) return
  }
  ready.sort((one, other) => one - other)
  const [half, most, all] = [0.5, 0.95, 1].map((share) => percentile(ready, share))
  t.comment(`ready again after ${half} ms (median), ${most} ms (95 %), ${all} ms (longest) of ${ready.length} starts`)
}
