/** Networks that go away for 5, 20 and 60 seconds, in every way that a network can: silent, one-way, reset, half open. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Chance, Plan } from '../chance.ts'
import { openProxy, type Proxy } from '../proxy.ts'
import { warmCompileCache } from '../launcher.ts'
import { isClean, startScene } from '../scene.ts'

/** Below the threshold and the grace, above them, and so long that workers give up by themselves (three thresholds). */
const SECONDS = [5, 20, 60]
const THRESHOLD = 10
const GRACE = 8
const workers = ['one', 'two', 'three'] as const

const faults = {
  held: (proxy: Proxy) => proxy.hold(),
  'held towards the node': (proxy: Proxy) => proxy.hold('to_node'),
  'held towards the device': (proxy: Proxy) => proxy.hold('to_device'),
  cut: (proxy: Proxy) => proxy.cut(),
  'half open, the device hung up': (proxy: Proxy) => proxy.halfOpen('device'),
  'half open, the node hung up': (proxy: Proxy) => proxy.halfOpen('node'),
  slow: (proxy: Proxy) => proxy.delay(300),
} as const
const names = Object.keys(faults) as [keyof typeof faults, ...(keyof typeof faults)[]]

/** One of the workers, or all of them at once. */
const victimsOf = (chance: Chance): readonly string[] => (chance.happens(0.3) ? workers : [chance.pick(workers)])

/** The scenario: as many partitions as the plan says, of each length in turn. */
export const partitions = async (t: Test, { chance, count, replay }: Plan): Promise<void> => {
  t.comment(replay)
  const proxies = new Map<string, Proxy>()
  t.teardown(() => Promise.all([...proxies.values()].map((proxy) => proxy.close())))
  const { tape, judge } = await startScene(t, {
    chance,
    compileCache: await warmCompileCache(t),
    workers,
    nodeArgs: [
      '--heartbeat-interval', '2',
      '--offline-threshold', `${THRESHOLD}`,
      '--reconnect-grace', `${GRACE}`,
    ], // prettier-ignore
    workerArgs: ['--slots', '4'],
    dialled: async (device_id, clusterPort) => {
      const proxy = await openProxy(clusterPort)
      proxies.set(device_id, proxy)
      return proxy.port
    },
    load: { paceMs: 200 },
  })
  const findings: string[] = []
  for (let n = 0; n < count; n += 1) {
    const seconds = SECONDS[n % SECONDS.length] ?? 0
    const fault = chance.pick(names)
    const victims = victimsOf(chance)
    const before = tape.absences.length
    for (const victim of victims) {
      const proxy = proxies.get(victim)
      if (proxy !== undefined) faults[fault](proxy)
    }
    await pause(seconds * 1000)
    for (const victim of victims) proxies.get(victim)?.heal()
    await tape.until('all are back', () => workers.every((device_id) => tape.online.has(device_id)))
    const absences = tape.absences.slice(before)
    t.comment(`${seconds} s, ${fault}, ${victims.join()}: ${absences.join() || 'nobody was taken for offline'}`)
    if (seconds < GRACE)
      findings.push(...absences.map((absence) => `offline after ${seconds} s of ${fault}: ${absence}`))
  }
  findings.push(...(await judge({ runs: 'again' })))
  t.comment(`${tape.ends.size} tasks`)
  isClean(t, findings, `the oracle is clean after ${count} partitions; else: ${replay}`)
}
