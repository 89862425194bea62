/** What Android does to a worker that nobody looks at: it lets the device sleep, and ends what runs in the background. */
import type { Machine } from '../machine.ts'
import { androidProperty } from '../profile/platform.ts'
import { type Finding, ok, warning } from './finding.ts'
import { sleptInWords } from './sleep.ts'

/** Programs of Android that tell a setting answer at once, or never: milliseconds. */
const PATIENCE_MS = 1500

/** Android 12 ends processes beside those of its apps; from 12L (API level 32) on that can be switched off. */
const PHANTOMS_SINCE = 31
const SWITCH_SINCE = 32

/** Which each version is: `adb` from a computer, or from Termux itself by wireless debugging. */
const SWITCHES_PHANTOMS_OFF = 'adb shell settings put global settings_enable_monitor_phantom_procs false'
const RAISES_PHANTOMS =
  'adb shell "device_config set_sync_disabled_for_tests persistent; device_config put activity_manager max_phantom_processes 2147483647"'

/** Makers whose systems end background apps beyond what Android itself does, and what to switch off: https://dontkillmyapp.com */
const makers: readonly { readonly name: RegExp; readonly page: string; readonly cure: string }[] = [
  {
    name: /xiaomi|redmi|poco/i,
    page: 'xiaomi',
    cure: 'Security app > Permissions > Autostart: switch Termux on; its app info > Battery saver: No restrictions; lock it in the list of recent apps',
  },
  {
    name: /huawei|honor/i,
    page: 'huawei',
    cure: 'Settings > Battery > App launch: take Termux out of automatic management, and allow all three switches',
  },
  {
    name: /samsung/i,
    page: 'samsung',
    cure: 'Settings > Battery > Background usage limits: add Termux to the apps that never sleep, and switch adaptive battery off',
  },
  {
    name: /oneplus/i,
    page: 'oneplus',
    cure: 'Settings > Battery > Battery optimisation > Termux: do not optimise; switch off advanced or deep optimisation; lock it in the list of recent apps',
  },
  {
    name: /oppo|realme/i,
    page: 'oppo',
    cure: 'Settings > Battery > App battery management > Termux: allow background activity and auto launch; lock it in the list of recent apps',
  },
  {
    name: /vivo|iqoo/i,
    page: 'vivo',
    cure: 'Settings > Battery > High background power consumption: switch Termux on; allow its autostart',
  },
]

const checkWakeLock = (machine: Machine, monotonicSeconds: number): Finding => {
  const slept = sleptInWords(machine, monotonicSeconds)
  return slept === undefined
    ? ok('background', 'The device has not slept since it was started.')
    : warning(
        'background',
        `${slept}, and a worker sleeps with it.`,
        'Take the wake lock: run termux-wake-lock, or tap "Acquire wakelock" in the notification of Termux.',
      )
}

const isPhantomKillerOff = async ({ ask }: Machine): Promise<boolean> => {
  const [monitors, most] = await Promise.all([
    ask('settings', ['get', 'global', 'settings_enable_monitor_phantom_procs'], PATIENCE_MS),
    ask('device_config', ['get', 'activity_manager', 'max_phantom_processes'], PATIENCE_MS),
  ])
  return monitors === 'false' || Number(most) >= 1000
}

const checkPhantoms = async (machine: Machine): Promise<readonly Finding[]> => {
  const level = Number(await androidProperty(machine, 'ro.build.version.sdk'))
  if (!(level >= PHANTOMS_SINCE)) return []
  if (await isPhantomKillerOff(machine)) return [ok('background', 'The phantom-process killer is off.')]
  return [
    warning(
      'background',
      'Since Android 12 the system ends processes that Termux starts, beyond 32 or when they are busy; whether that is off it does not tell.',
      `Switch the phantom-process killer off, once, from a computer: ${level >= SWITCH_SINCE ? SWITCHES_PHANTOMS_OFF : RAISES_PHANTOMS}`,
    ),
  ]
}

const checkOptimisation = async ({ ask }: Machine): Promise<Finding> => {
  const exempt = await ask('dumpsys', ['deviceidle', 'whitelist'], PATIENCE_MS)
  return exempt?.includes('com.termux') === true
    ? ok('background', 'Termux is exempt from battery optimisation.')
    : warning(
        'background',
        'Whether Termux is exempt from battery optimisation, Android does not tell it.',
        'Settings > Apps > Termux > Battery: Unrestricted (or: not optimised).',
      )
}

/** What to switch off on the devices of a maker; undefined for one that adds nothing to Android. */
export const makersCure = (maker: string | null): string | undefined => {
  const found = makers.find(({ name }) => name.test(maker ?? ''))
  return found && `${found.cure} (https://dontkillmyapp.com/${found.page}).`
}

const checkMaker = async (machine: Machine): Promise<readonly Finding[]> => {
  const maker = await androidProperty(machine, 'ro.product.manufacturer')
  const cure = makersCure(maker)
  if (cure === undefined) return []
  return [
    warning(
      'background',
      `Devices of ${maker ?? 'this maker'} end apps in the background beyond what Android does.`,
      cure,
    ),
  ]
}

/**
 * Looks at what Android does in the background.
 * @param monotonicSeconds - since the system was started, without the time that it slept
 */
export const checkBackground = async (machine: Machine, monotonicSeconds: number): Promise<readonly Finding[]> => [
  checkWakeLock(machine, monotonicSeconds),
  ...(await checkPhantoms(machine)),
  await checkOptimisation(machine),
  ...(await checkMaker(machine)),
]
