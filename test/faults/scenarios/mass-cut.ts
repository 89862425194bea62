/** A router that restarts: all of 20 devices are cut off for one and a half thresholds, and come back. Nothing runs twice. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Plan } from '../chance.ts'
import { openProxy, type Proxy } from '../proxy.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

const THRESHOLD = 8
const devices = Array.from({ length: 20 }, (_, index) => `device-${index + 1}`)

/** The scenario: as many cuts as the plan says. */
export const massCut = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  let opened: Promise<Proxy> | undefined
  t.teardown(async () => (await opened)?.close())
  const { tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers: devices,
    nodeArgs: [
      '--heartbeat-interval', '2',
      '--offline-threshold', `${THRESHOLD}`,
      '--reconnect-grace', '4',
    ], // prettier-ignore
    workerArgs: ['--slots', '1'],
    dialled: async (_device_id, clusterPort) => (await (opened ??= openProxy(clusterPort))).port,
  })
  const router = await opened
  for (let n = 0; n < count; n += 1) {
    const ended = tape.ends.size
    await tape.until('tasks end', () => tape.ends.size >= ended + 20)
    if (chance.happens(0.5)) router?.cut()
    else router?.hold()
    await pause(1.5 * THRESHOLD * 1000)
    router?.heal()
    await tape.until('all are back', () => devices.every((device_id) => tape.online.has(device_id)))
  }
  const findings = await judge({ runs: 'once' })
  t.comment(`${tape.ends.size} tasks; ${tape.absences.length} devices were taken for offline`)
  isClean(t, findings, `the oracle is clean, and nothing ran twice, after ${count} cuts; else: ${replay}`)
}
