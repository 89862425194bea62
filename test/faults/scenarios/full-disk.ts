/** A disk that others fill up to the last byte, again and again, with and without a `kill -9` while it is full. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { until } from '../../start-cluster.ts'
import { fillUp, smallDisk } from '../../system/disk/small-disk.ts'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const DISK_MIB = 128
/** So many tasks are acknowledged between two times at which the disk is full: the node has recovered by itself. */
const TASKS_BETWEEN = 20
/** So long nothing is done to a server that starts on a full disk: it serves meanwhile, or waits for room. Milliseconds. */
const ON_FULL_DISK_MS = 3000

/** The scenario: the disk is full as often as the plan says. */
export const fullDisk = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const disk = smallDisk(t, DISK_MIB)
  const { rig, journal, tape, further, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers: ['one', 'two'],
    nodeDirectory: join(disk, 'node'),
    nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '60', '--reconnect-grace', '1'],
    workerArgs: ['--slots', '4'],
    load: { mayBeRefused: ['STORAGE_FULL'] },
  })
  const refused = () => journal.submissions.filter(({ told }) => told === 'refused').length
  let kills = 0
  let starved = 0
  for (let n = 0; n < count && rig.breaches.length === 0; n += 1) {
    await further(TASKS_BETWEEN)
    const before = refused()
    const giveBack = fillUp(disk)
    await until('new work is refused', () => Promise.resolve(refused() > before || undefined), 60)
    // Who fills a disk does not always stop when the node has let its reserve go.
    const takesReserve = chance.happens(0.5)
    const giveMoreBack = takesReserve ? fillUp(disk) : () => undefined
    let served: Promise<unknown> = Promise.resolve()
    if (chance.happens(0.5)) {
      await rig.killServer()
      served = rig.startServer().ready
      await Promise.race([served, pause(ON_FULL_DISK_MS)])
      kills += 1
      if (takesReserve) starved += 1
    }
    giveMoreBack()
    giveBack()
    await served
  }
  await further(TASKS_BETWEEN)
  const findings = [...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`)]
  t.comment(
    `${tape.ends.size} tasks, ${refused()} submissions refused, ${kills} kills while the disk was full, ${starved} of them without the reserve`,
  )
  isClean(t, findings, `the oracle is clean after ${count} times without room; else: ${replay}`)
}
