/** `kill -9` of workers: what they left running is ended at their next start, and their tasks run elsewhere. */
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Plan } from '../chance.ts'
import { type Found, processesOf } from '../processes.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const workers = ['one', 'two', 'three'] as const
const GRACE_MS = 1000

const text = ({ pid, began }: Found) => `${pid} ${began}`

/** The scenario: as many kills as the plan says. */
export const killWorker = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const { rig, tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers,
    nodeArgs: ['--heartbeat-interval', '2', '--offline-threshold', '10', '--reconnect-grace', `${GRACE_MS / 1000}`],
    workerArgs: ['--slots', '4'],
  })
  const findings: string[] = []
  let orphans = 0
  for (let n = 0; n < count; n += 1) {
    const ended = tape.ends.size
    const wanted = 1 + chance.below(20)
    await tape.until('tasks end', () => tape.ends.size >= ended + wanted)
    const victim = chance.pick(workers)
    const unfinished = [...tape.created].filter((task_id) => !tape.ends.has(task_id))
    await rig.kill(victim)
    const left = processesOf(join(rig.directory, victim))
    orphans += left.length
    // It is back before its grace is over, or after it.
    await pause(chance.between(0, 2 * GRACE_MS))
    await rig.startWorker(victim)
    const now = new Set(processesOf(join(rig.directory, victim)).map(text))
    for (const orphan of left)
      if (now.has(text(orphan))) findings.push(`${victim} has joined, and this of before still runs: ${orphan.command}`)
    await tape.until('what was unfinished has ended', () => unfinished.every((task_id) => tape.ends.has(task_id)))
  }
  findings.push(...(await judge({ runs: 'again' })))
  t.comment(`${tape.ends.size} tasks; ${orphans} processes were left behind`)
  isClean(t, findings, `the oracle is clean after ${count} kills of a worker; else: ${replay}`)
}
