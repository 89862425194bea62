/** The battery of a phone that keeps the kernel's files from apps, as most do since Android 8: told by Termux:API. */
import type { Battery } from '../../../schemas/device.ts'
import type { Machine } from '../machine.ts'
import { percentOf, tenthsOf } from './units.ts'

/** So long an answer holds, milliseconds: each costs the phone a process, and a charge does not change faster. */
const HOLDS_MS = 30_000
/** Where nothing answered, it is asked again after so long, milliseconds: the app may be installed meanwhile. */
const AGAIN_MS = 600_000
/** The programs of Termux:API wait for ever where the app of that name is not installed, milliseconds. */
const TIMEOUT_MS = 3000

/** Every phone has a battery; of this one nothing is known. It meets no requirement that asks for a charge or for the plug. */
const UNTOLD: Battery = { level: null, charging: null }

/** True of a battery that a phone keeps to itself. */
export const isUntold = (battery: Battery | null): boolean => battery?.level === null && battery.charging === null

const PLUGGED_IN = ['CHARGING', 'FULL']

const numberOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

/** https://wiki.termux.com/wiki/Termux-battery-status; undefined where it is no such answer. */
const parsed = (answer: string | null): Battery | undefined => {
  let told: unknown
  try {
    told = JSON.parse(answer ?? 'null')
  } catch {
    // A word of Termux:API to its user, and no answer.
    return undefined
  }
  if (typeof told !== 'object' || told === null) return undefined
  const { percentage, plugged, status, temperature } = told as Record<string, unknown>
  const level = numberOf(percentage)
  const celsius = numberOf(temperature)
  const isPlugged = typeof plugged === 'string' ? plugged !== 'UNPLUGGED' : null
  return {
    level: level === null ? null : percentOf(level / 100),
    charging: isPlugged ?? (typeof status === 'string' ? PLUGGED_IN.includes(status) : null),
    ...(celsius === null ? {} : { temperature_celsius: tenthsOf(celsius) }),
  }
}

type Answer = { readonly askedMs: number; readonly battery: Promise<Battery | undefined> }

const answers = new WeakMap<Machine['ask'], Answer>()

const isFresh = async ({ askedMs, battery }: Answer, nowMs: number): Promise<boolean> =>
  nowMs - askedMs < ((await battery) === undefined ? AGAIN_MS : HOLDS_MS)

/**
 * What Termux:API tells of the battery; of one that it tells nothing of, all is unknown. It is asked twice a minute at the most.
 * @param nowMs - monotonic milliseconds; given by tests
 */
export const readAndroidBattery = async (
  { ask }: Pick<Machine, 'ask'>,
  nowMs = performance.now(),
): Promise<Battery> => {
  const before = answers.get(ask)
  const answer =
    before !== undefined && (await isFresh(before, nowMs))
      ? before
      : { askedMs: nowMs, battery: ask('termux-battery-status', [], TIMEOUT_MS).then(parsed) }
  answers.set(ask, answer)
  return (await answer.battery) ?? UNTOLD
}
