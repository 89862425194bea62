/** A backup every ten seconds under load. Each is restored as a cluster of its own, and works off what was unfinished. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { DeviceList } from '../../../schemas/index.ts'
import { entry, runToEnd } from '../../cli/programs.ts'
import { until } from '../../start-cluster.ts'
import type { Plan } from '../chance.ts'
import { compareRestored, integrityOf, type RestoredEvidence, settled } from '../oracle.ts'
import { warmCompileCache } from '../launcher.ts'
import { createRig, type RigOptions } from '../rig.ts'
import { isClean, startScene } from '../scene.ts'

const INTERVAL_MS = 10_000
/** What was unfinished in a backup is done within this, seconds. */
const DRAIN_SECONDS = 120

/** Starts a cluster from a backup, with devices of its own; resolves with what is wrong with it. */
const restored = async (
  t: Test,
  options: RigOptions,
  file: string,
  original: Omit<RestoredEvidence, 'client'>,
): Promise<string[]> => {
  const rig = await createRig(t, { ...options, nodeArgs: [...(options.nodeArgs ?? []), '--restore', file] })
  if ((await rig.startServer().ready) === undefined) return [`no start from a backup: ${rig.breaches.join()}`]
  const before = await compareRestored({ client: rig.client, ...original })
  // The devices of the original are not here. Two do their work: one may be on probation, by the luck of what fails.
  await until('the devices of the original are offline', async () => {
    const devices = await rig.client.call<DeviceList>('GET', '/api/v1/devices?status=online')
    return devices?.data.online === 0 || undefined
  })
  await Promise.all([rig.startWorker('restorer-1'), rig.startWorker('restorer-2')])
  const stuck = await settled(rig.client, DRAIN_SECONDS)
  const after = stuck.length > 0 ? stuck : await compareRestored({ client: rig.client, ...original })
  const left = await rig.stop()
  return [...before, ...after, ...left, ...integrityOf(join(rig.nodeDirectory, 'cluster.db')), ...rig.breaches]
}

/** The scenario: as many backups as the plan says. */
export const backups = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const options: RigOptions = {
    chance,
    compileCache: await warmCompileCache(t),
    nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', '5', '--reconnect-grace', '2'],
    workerArgs: ['--slots', '4'],
  }
  const { rig, tape, journal, judge } = await startScene(t, { ...options, workers: ['one', 'two'] })
  const findings: string[] = []
  for (let n = 0; n < count; n += 1) {
    const beganMs = performance.now()
    const file = join(rig.directory, `backup-${n}`)
    const original = { journal, task_ids: [...journal.acknowledged], ends: new Map(tape.ends) }
    const made = await runToEnd(t, entry('client'), ['backup', file, '--data-dir', rig.nodeDirectory])
    if (made.code !== 0) findings.push(`the backup ended with ${made.code}: ${made.stderr}`)
    else findings.push(...(await restored(t, options, file, original)))
    await pause(Math.max(0, INTERVAL_MS - (performance.now() - beganMs)))
  }
  findings.push(...(await judge({ runs: 'once' })))
  t.comment(`${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} backups, and in each of them; else: ${replay}`)
}
