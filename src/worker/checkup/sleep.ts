/** Whether the device goes to sleep while it should work: laptops whose lid is closed, and what has slept before. */
import { join } from 'node:path'
import { readlink } from 'node:fs/promises'
import { attemptToRead, listDirectory, type Machine, readText } from '../machine.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Chassis types of DMI that have a lid: portable, laptop, notebook, sub-notebook, convertible, detachable (SMBIOS 3.7, table 17). */
const WITH_LID: readonly string[] = ['8', '9', '10', '14', '31', '32']

/** What logind does at a closed lid that keeps the device awake (logind.conf(5)). */
const AWAKE: readonly string[] = ['ignore', 'lock']

const hasLid = async ({ sysRoot, procRoot }: Machine): Promise<boolean> => {
  if ((await listDirectory(procRoot, 'acpi/button/lid')).length > 0) return true
  const chassis = await readText(sysRoot, 'class/dmi/id', 'chassis_type')
  return chassis !== null && WITH_LID.includes(chassis)
}

/** Settings of logind; of several files the last one counts, and drop-ins stand behind the main file. */
const logindSettings = async ({ etcRoot }: Machine): Promise<ReadonlyMap<string, string>> => {
  const dropIns = (await listDirectory(etcRoot, 'systemd/logind.conf.d')).filter((name) => name.endsWith('.conf'))
  const files = ['systemd/logind.conf', ...dropIns.map((name) => join('systemd/logind.conf.d', name))]
  const texts = await Promise.all(files.map((file) => readText(etcRoot, file)))
  const lines = texts.flatMap((text) => (text ?? '').split('\n')).filter((line) => /^\w+=/.test(line))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]))
}

/** A unit that was masked is a link to /dev/null. */
const isMasked = ({ etcRoot }: Machine, unit: string): Promise<boolean> =>
  readlink(join(etcRoot, 'systemd/system', unit)).then(
    (target) => target === '/dev/null',
    () => false,
  )

const checkLid = async (machine: Machine): Promise<readonly Finding[]> => {
  if (!(await hasLid(machine))) return []
  if ((await isMasked(machine, 'sleep.target')) || (await isMasked(machine, 'suspend.target')))
    return [ok('sleep', 'The system is kept from sleeping (masked targets).')]
  const settings = await logindSettings(machine)
  const onBattery = settings.get('HandleLidSwitch') ?? 'suspend'
  const onMains = settings.get('HandleLidSwitchExternalPower') ?? onBattery
  if (AWAKE.includes(onBattery) && AWAKE.includes(onMains)) return [ok('sleep', 'The lid may be closed.')]
  return [
    warning(
      'sleep',
      `With its lid closed the device sleeps (HandleLidSwitch=${onBattery}, on the plug ${onMains}).`,
      'Write HandleLidSwitch=ignore and HandleLidSwitchExternalPower=ignore below [Login] in /etc/systemd/logind.conf, then: sudo systemctl restart systemd-logind. Leave the lid ajar where the device gets hot.',
    ),
  ]
}

/** macOS: pmset(1); minutes without use after which it sleeps, 0 for never. */
const checkMac = async ({ ask }: Machine): Promise<readonly Finding[]> => {
  const told = (await ask('pmset', ['-g'], 2000))?.split('\n') ?? []
  const minutes = told.map((line) => /^ ?sleep +(\d+)/.exec(line)?.[1]).find((found) => found !== undefined)
  if (minutes === undefined) return []
  if (minutes === '0') return [ok('sleep', 'The system does not sleep by itself.')]
  return [
    warning(
      'sleep',
      `The system sleeps after ${minutes} min without use.`,
      'Keep it awake: sudo pmset -a sleep 0; with its lid closed also: sudo pmset -a disablesleep 1.',
    ),
  ]
}

/** Sleep that is worth a word, seconds. */
const WORTH_TELLING_SECONDS = 60

/**
 * How long the device has slept since it was started, seconds: the uptime counts sleep, and the monotonic clock of Linux and
 * Android does not (clock_gettime(2)). Null where the system does not tell.
 */
export const sleptSeconds = ({ platform, system }: Machine, monotonicSeconds: number): number | null => {
  if (platform !== 'linux' && platform !== 'android') return null
  const uptime = attemptToRead(system.uptime)
  return uptime === null ? null : Math.max(0, Math.round(uptime - monotonicSeconds))
}

const inHours = (seconds: number): string =>
  seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`

/** How long it has slept, in words; undefined where that is not worth a word, or not known. */
export const sleptInWords = (machine: Machine, monotonicSeconds: number): string | undefined => {
  const slept = sleptSeconds(machine, monotonicSeconds)
  return slept === null || slept < WORTH_TELLING_SECONDS
    ? undefined
    : `The device has slept ${inHours(slept)} since it was started`
}

/** Desktops sleep when nobody uses them, each by settings of its own: what is seen is that the device has slept. */
const checkSlept = (machine: Machine, monotonicSeconds: number): readonly Finding[] => {
  const slept = sleptInWords(machine, monotonicSeconds)
  if (slept === undefined) return []
  return [
    warning(
      'sleep',
      `${slept}.`,
      'Where nobody put it to sleep on purpose: sudo systemctl mask sleep.target suspend.target hibernate.target hybrid-sleep.target.',
    ),
  ]
}

/**
 * Looks at what lets the device sleep. Android is looked at elsewhere: `background.ts`.
 * @param monotonicSeconds - since the system was started, without the time that it slept
 */
export const checkSleep = async (machine: Machine, monotonicSeconds: number): Promise<readonly Finding[]> =>
  machine.platform === 'darwin'
    ? checkMac(machine)
    : [...(await checkLid(machine)), ...checkSlept(machine, monotonicSeconds)]
