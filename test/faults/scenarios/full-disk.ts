/** A disk that others fill up to the last byte, again and again, with and without a `kill -9` while it is full. */
import { join } from 'node:path'
import type { Test } from 'tap'
import { until } from '../../start-cluster.ts'
import { fillUp, smallDisk } from '../../system/disk/small-disk.ts'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const DISK_MIB = 128
/** So many tasks are acknowledged between two times at which the disk is full: the node has recovered by itself. */
const TASKS_BETWEEN = 20

/** The scenario: the disk is full as often as the plan says. */
export const fullDisk = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const disk = smallDisk(t, DISK_MIB)
  const { rig, journal, tape, judge } = await startScene(t, {
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
  for (let n = 0; n < count; n += 1) {
    await journal.further(TASKS_BETWEEN)
    const before = refused()
    const giveBack = fillUp(disk)
    await until('new work is refused', () => Promise.resolve(refused() > before || undefined), 60)
    if (chance.happens(0.5)) {
      await rig.killServer()
      await rig.startServer().ready
      kills += 1
    }
    giveBack()
  }
  await journal.further(TASKS_BETWEEN)
  const findings = [...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`)]
  t.comment(`${tape.ends.size} tasks, ${refused()} submissions refused, ${kills} kills while the disk was full`)
  isClean(t, findings, `the oracle is clean after ${count} times without room; else: ${replay}`)
}
