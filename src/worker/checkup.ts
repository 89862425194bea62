/** What of this machine will keep a worker from working, or from working for long. */
import { hrtime } from 'node:process'
import { checkBackground } from './checkup/background.ts'
import { checkBattery } from './checkup/battery.ts'
import type { Finding } from './checkup/finding.ts'
import { checkMetered } from './checkup/metered.ts'
import { checkPermissions } from './checkup/permissions.ts'
import { checkPowerSupply } from './checkup/power-supply.ts'
import { checkRuntime } from './checkup/runtime.ts'
import { checkSleep } from './checkup/sleep.ts'
import { checkStops } from './checkup/stops.ts'
import type { Machine } from './machine.ts'
import { isAndroid } from './profile/platform.ts'
import { knownStops } from './stops/history.ts'

/** Nanoseconds in a second. */
const NANOSECONDS = 1e9

/**
 * Looks the machine over; what does not concern it is not told of.
 * @param dataDir - the data directory; it need not be there
 * @param allow - names of `--allow`
 */
export const checkMachine = async (
  machine: Machine,
  { dataDir, allow }: { readonly dataDir: string; readonly allow: readonly string[] },
): Promise<readonly Finding[]> => {
  const isPhone = await isAndroid(machine)
  const monotonicSeconds = Number(hrtime.bigint()) / NANOSECONDS
  const stops = (await knownStops(dataDir)).map(({ stop }) => stop)
  const findings = await Promise.all([
    checkPermissions(machine, allow),
    checkBattery(machine),
    checkPowerSupply(machine),
    isPhone ? checkBackground(machine, monotonicSeconds) : checkSleep(machine, monotonicSeconds),
    checkMetered(machine),
  ])
  return [checkRuntime(), ...findings.flat(), ...checkStops(stops, { isPhone, nowMs: Date.now() })]
}
