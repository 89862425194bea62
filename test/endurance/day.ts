/**
 * Hours of a cluster of retired phones, played in simulated time: networks that flap, devices that sleep, are stopped and rebooted, a
 * node that is restarted and dies. The agents and the node are the real ones, and so are their disks; the clock and the network are not.
 */
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Test } from 'tap'
import type { Priority } from '../../schemas/task.ts'
import type { Log } from '../../src/cluster/ports/log.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { JOIN_TOKEN } from '../cluster/world.ts'
import type { Chance, Plan } from '../faults/chance.ts'
import { temporaryDirectory } from '../worker/world.ts'
import type { Shore } from './air.ts'
import { createDevice, type Device } from './device.ts'
import { growthOf, type MemorySample, sampleMemory } from './memory.ts'
import { createNodeLife } from './node-life.ts'
import { settleFiles } from './settle.ts'
import { createStories } from './stories.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const DEVICES = 6
/** On average between two submissions, and between two faults of one device. */
const BETWEEN_TASKS_MS = 15 * SECOND_MS
const BETWEEN_FAULTS_MS = 20 * MINUTE_MS
const BETWEEN_RESTARTS_MS = 3 * HOUR_MS
/** So many tasks are cancelled. */
const CANCELLED = 0.05
/** Within this, once nothing fails any more, all has to be done. */
const AFTERWARDS_MS = 2 * HOUR_MS
/** Memory is looked at so often. */
const SAMPLES_MS = 10 * MINUTE_MS
/** What the memory may grow by, from the first quarter of the time to the last. */
const FLAT = 0.1

/** More than these tell nothing new. */
const MOST_FINDINGS = 20

/** A waiting time of a Poisson process, whole milliseconds: most are short, some are long. */
const waitOf = (chance: Chance, meanMs: number): number => Math.ceil(-Math.log(1 - chance.between(0, 1)) * meanMs)

const submissionOf = (chance: Chance, number: number) => {
  const priority = chance.pick<Priority>(['low', 'normal', 'normal', 'high'])
  if (chance.happens(0.7)) return { task_type: 'echo', payload: { message: `task ${number}` }, priority } as const
  return { task_type: 'sleep', payload: { duration: Math.ceil(waitOf(chance, 90)) }, priority } as const
}

/** Something that happens to a device. */
type Fault = {
  /** How often it is this one. */
  readonly weight: number
  /** How long it lasts on average. */
  readonly meanMs: number
  readonly begin: (device: Device) => Promise<void> | void
  readonly end: (device: Device) => Promise<void> | void
}

const heal = (device: Device) => device.heal()
const resume = (device: Device) => device.resume()
const switchOn = (device: Device) => device.switchOn()

const faults: Readonly<Record<string, Fault>> = {
  cut: { weight: 30, meanMs: 0, begin: (device) => device.fail('cut'), end: heal },
  gone: { weight: 20, meanMs: 2 * MINUTE_MS, begin: (device) => device.fail('gone'), end: heal },
  deaf: { weight: 10, meanMs: MINUTE_MS, begin: (device) => device.fail('deaf'), end: heal },
  mute: { weight: 10, meanMs: MINUTE_MS, begin: (device) => device.fail('mute'), end: heal },
  asleep: { weight: 10, meanMs: 8 * MINUTE_MS, begin: (device) => device.halt('asleep'), end: resume },
  stopped: { weight: 8, meanMs: 6 * MINUTE_MS, begin: (device) => device.halt('stopped'), end: resume },
  'power cut': { weight: 7, meanMs: 2 * MINUTE_MS, begin: (device) => device.losePower(), end: switchOn },
  reboot: { weight: 5, meanMs: MINUTE_MS, begin: (device) => device.shutDown(), end: switchOn },
}

const pickFault = (chance: Chance): [name: string, fault: Fault] => {
  const all = Object.entries(faults)
  let left = chance.below(all.reduce((sum, [, { weight }]) => sum + weight, 0))
  for (const entry of all) if ((left -= entry[1].weight) < 0) return entry
  throw new Error('the weights have a sum')
}

/** Plays so many hours as the plan says. With `measured`, memory has to stay flat: that takes hours to be seen. */
export const playHours = async (
  t: Test,
  { chance, count: hours, replay }: Plan,
  { measured = false } = {},
): Promise<void> => {
  t.comment(replay)
  const clock = fakeClock(settleFiles)
  const shore: Shore = { gate: undefined, ends: new Set() }
  const stories = createStories()
  const findings: string[] = []
  const finding = (what: string) => {
    if (findings.length < MOST_FINDINGS) findings.push(what)
  }
  const directory = temporaryDirectory(t)
  const quiet = () => undefined
  const log: Log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields, message) => finding(`${message}: ${inspect(fields)}`),
  }
  const life = createNodeLife({
    clock,
    shore,
    dataDir: join(directory, 'node'),
    log,
    onStart: ({ cluster }) => cluster.events.listen(stories.hear),
    finding,
  })
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))
  const struck: Record<string, number> = {}
  let isOver = false
  let underWay = 0

  /** Does something again and again, until the time is over. */
  const repeatedly = async (meanMs: number, act: (own: Chance) => Promise<void> | void) => {
    const own = chance.fork()
    for (;;) {
      await pause(waitOf(own, meanMs))
      if (isOver) return
      underWay += 1
      await act(own)
      underWay -= 1
    }
  }
  const strike = async (device: Device, own: Chance) => {
    const [name, { meanMs, begin, end }] = pickFault(own)
    struck[name] = (struck[name] ?? 0) + 1
    await begin(device)
    if (meanMs > 0) await pause(waitOf(own, meanMs))
    await end(device)
  }
  const submit = async (own: Chance) => {
    const submission = submissionOf(own, stories.acknowledged)
    const cluster = life.node?.cluster
    if (cluster === undefined) return
    const { task_id } = await cluster.tasks.submit({ submission, wait: 0 })
    stories.begin(task_id, submission.task_type === 'echo' ? submission.payload.message : null)
    if (!own.happens(CANCELLED)) return
    await pause(waitOf(own, 20 * SECOND_MS))
    stories.cancel(task_id)
    // It may have ended, or the node be away: then it ends by itself.
    await life.node?.cluster.tasks.cancel({ task_id }).catch(() => undefined)
  }
  const restart = async (own: Chance) => {
    const how = own.pick<'in order' | 'dies'>(['in order', 'dies'])
    struck[`node ${how}`] = (struck[`node ${how}`] ?? 0) + 1
    await life.end(how)
    await pause(waitOf(own, 30 * SECOND_MS))
    await life.start()
  }

  await life.start()
  const devices = Array.from({ length: DEVICES }, (_none, number) =>
    createDevice(`phone-${number + 1}`, {
      clock,
      shore,
      chance: chance.fork(),
      directory,
      token: JOIN_TOKEN,
      log,
      finding,
    }),
  )
  for (const device of devices) await device.switchOn()
  const played = [
    ...devices.map((device) => repeatedly(BETWEEN_FAULTS_MS, (own) => strike(device, own))),
    repeatedly(BETWEEN_RESTARTS_MS, restart),
    repeatedly(
      BETWEEN_TASKS_MS,
      (own) => void submit(own).catch((error: unknown) => finding(`a submission: ${inspect(error)}`)),
    ),
  ]
  for (const part of played) part.catch((error: unknown) => finding(inspect(error)))

  const samples: MemorySample[] = []
  for (let elapsedMs = 0; elapsedMs < hours * HOUR_MS; elapsedMs += SAMPLES_MS) {
    await clock.advance(SAMPLES_MS)
    samples.push(sampleMemory())
  }
  isOver = true
  const isDone = () =>
    underWay === 0 && stories.unfinished() === 0 && devices.every((device) => device.left().length === 0)
  for (let elapsedMs = 0; elapsedMs < AFTERWARDS_MS && !isDone(); elapsedMs += MINUTE_MS) await clock.advance(MINUTE_MS)
  const { cluster } = life.node ?? {}
  if (cluster === undefined) throw new Error('the node does not run')
  const { findings: ofTasks, ends } = await stories.judge(cluster)
  for (const what of ofTasks) finding(what)
  for (const device of devices) {
    const { status } = await cluster.devices.get({ device_id: device.id })
    if (status !== 'online') finding(`${device.id} is ${status}`)
    if (device.left().length > 0) finding(`${device.id} still has ${device.left().join(', ')}`)
  }
  t.comment(`${hours} h: ${inspect(struck, { breakLength: Infinity })}; tasks: ${inspect(ends)}`)
  t.strictSame(findings, [], `nothing was lost, nor ended twice; else: ${replay}`)
  t.ok(stories.acknowledged > hours * 100, `${stories.acknowledged} tasks`)
  t.ok((ends.failed ?? 0) < stories.acknowledged / 100, `${ends.failed ?? 0} of them lost more devices than is borne`)
  for (const what of ['heap', 'resident'] as const) {
    const { first, last, growth } = growthOf(samples, what)
    const told = `${what}: ${first.toFixed(1)} MiB in the first quarter, ${last.toFixed(1)} MiB in the last`
    if (measured) t.ok(growth < FLAT, told)
    else t.comment(told)
  }
  for (const device of devices) device.losePower()
  await life.end('in order')
}
