/** SIGSTOP for longer than the threshold, then SIGCONT: of the server, which must blame nobody, and of workers, whose tasks run elsewhere. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const THRESHOLD_MS = 5000
const workers = ['one', 'two', 'three'] as const

/** The scenario: as many stops as the plan says. */
export const stops = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const { rig, tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers,
    nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', `${THRESHOLD_MS / 1000}`, '--reconnect-grace', '2'],
    workerArgs: ['--slots', '4'],
  })
  const findings: string[] = []
  const stopped = new Map<string, number>()
  for (let n = 0; n < count; n += 1) {
    // Every second time it is the server.
    const what = n % 2 === 0 ? 'server' : chance.pick(workers)
    const process = rig.processOf(what)
    const before = tape.absences.length
    stopped.set(what, (stopped.get(what) ?? 0) + 1)
    process.kill('SIGSTOP')
    await pause(THRESHOLD_MS + chance.between(500, 2000))
    if (what === 'server') {
      process.kill('SIGCONT')
      // Whoever it took for silent because of its own silence would be offline a threshold later at the latest.
      await pause(THRESHOLD_MS)
      const ended = tape.ends.size
      await tape.until('ends after the stop of the server', () => tape.ends.size > ended)
      findings.push(...tape.absences.slice(before).map((absence) => `blamed for the stop of the server: ${absence}`))
    } else {
      // A server that was itself held up by the machine takes that time off everybody's silence, and so notices later.
      await tape.until(`${what} is offline`, () => !tape.online.has(what))
      process.kill('SIGCONT')
      await tape.until(`${what} is back`, () => tape.online.has(what))
    }
  }
  findings.push(...(await judge({ runs: 'again' })))
  t.comment(`stopped ${[...stopped].map(([what, times]) => `${what} ${times}`).join(', ')}; ${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} stops; else: ${replay}`)
}
