/** Wall clocks that jump two hours, forwards and back: of the server, of workers, and over a restart, as on a board without a clock of its own. */
import type { Test } from 'tap'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const TWO_HOURS_MS = 7_200_000
const workers = ['one', 'two'] as const
/** So many tasks end between two jumps: the cluster works on. */
const TASKS_BETWEEN = 20

/** The scenario: as many jumps as the plan says. */
export const clockJumps = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const { rig, tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers,
    // Two hours are beyond any threshold; a busy machine holds a worker up for some seconds.
    nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', '60', '--reconnect-grace', '30'],
    workerArgs: ['--slots', '4'],
  })
  for (let n = 0; n < count; n += 1) {
    const what = chance.pick(['server', 'server', ...workers])
    const shiftMs = chance.pick([-TWO_HOURS_MS, 0, TWO_HOURS_MS])
    const restarts = what === 'server' && chance.happens(0.5)
    if (restarts) await rig.killServer()
    await rig.shiftClock(what, shiftMs)
    if (restarts) await rig.startServer().ready
    const ended = tape.ends.size
    await tape.until('tasks end', () => tape.ends.size >= ended + TASKS_BETWEEN)
    t.comment(`${what} at ${shiftMs / 3_600_000} h${restarts ? ', restarted' : ''}`)
  }
  const findings = [...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`)]
  t.comment(`${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} jumps of a clock; else: ${replay}`)
}
