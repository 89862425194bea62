/** Starts of the server that are hard: with 10,000 tasks unfinished, and after it was away for longer than the threshold. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { BatchSubmitted, DeviceList, TaskList } from '../../../schemas/index.ts'
import type { Plan } from '../chance.ts'
import { warmCompileCache } from '../launcher.ts'
import { createRig } from '../rig.ts'
import { isClean, startScene } from '../scene.ts'

const TASKS = 10_000
/** What `POST /tasks/batch` takes at most. */
const BATCH = 1000

/** `kill -9` while 10,000 tasks are unfinished: how long it takes until the server serves again, and whether all of them are there. */
export const manyUnfinished = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const rig = await createRig(t, {
    chance,
    compileCache: await warmCompileCache(t),
    nodeArgs: ['--heartbeat-interval', '5', '--offline-threshold', '60', '--reconnect-grace', '1'],
    workerArgs: ['--slots', '4'],
  })
  await rig.startServer().ready
  await Promise.all([rig.startWorker('one'), rig.startWorker('two')])
  const acknowledged = new Set<string>()
  for (let n = 0; n < TASKS / BATCH; n += 1) {
    const tasks = Array.from({ length: BATCH }, () => ({ task_type: 'sleep', payload: { duration: 3600 } }))
    const answer = await rig.client.call<BatchSubmitted>('POST', '/api/v1/tasks/batch', { tasks })
    for (const task_id of answer?.data.task_ids ?? []) acknowledged.add(task_id)
  }
  t.equal(acknowledged.size, TASKS, 'all were taken in')
  const readyMs: number[] = []
  for (let n = 0; n < count; n += 1) {
    await rig.killServer()
    const ms = await rig.startServer().ready
    if (ms === undefined) break
    readyMs.push(Math.round(ms))
    const answer = await rig.client.call<TaskList>('GET', '/api/v1/tasks?limit=1')
    if (answer?.data.total !== TASKS || answer.data.pending + answer.data.running !== TASKS)
      t.fail(`not all are there, and unfinished: ${JSON.stringify(answer)}; again: ${replay}`)
  }
  readyMs.sort((one, other) => one - other)
  const half = readyMs[Math.floor(readyMs.length / 2)]
  t.comment(`ready again with ${TASKS} unfinished tasks after ${half} ms (median), ${readyMs.at(-1)} ms (longest)`)
  t.strictSame(rig.breaches, [], 'no program ended by itself')
  t.equal(readyMs.length, count, replay)
  // Told to stop while their tasks sleep, the workers hand them back.
  t.strictSame(await rig.stop(), [], 'all end when they are told to, and leave nothing behind')
}

const THRESHOLD_MS = 5000

/** The server is away for longer than the threshold: at its start it takes nobody for offline. */
export const longAway = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const { rig, tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers: ['one', 'two'],
    nodeArgs: ['--heartbeat-interval', '1', '--offline-threshold', `${THRESHOLD_MS / 1000}`, '--reconnect-grace', '2'],
    workerArgs: ['--slots', '4'],
  })
  const findings: string[] = []
  for (let n = 0; n < count; n += 1) {
    await rig.killServer()
    await pause(THRESHOLD_MS + chance.between(500, 2000))
    await rig.startServer().ready
    const devices = await rig.client.call<DeviceList>('GET', '/api/v1/devices')
    if (devices?.data.online !== 2) findings.push(`${devices?.data.online} of 2 are online at the start of the node`)
    const ended = tape.ends.size
    await tape.until('tasks end', () => tape.ends.size >= ended + 20)
    await pause(THRESHOLD_MS)
  }
  findings.push(...(await judge({ runs: 'once' })), ...tape.absences.map((absence) => `offline: ${absence}`))
  t.comment(`${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} long absences; else: ${replay}`)
}
