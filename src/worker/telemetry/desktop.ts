/** Battery, heat and traffic on macOS and Windows, which keep no files about them: asked of systeminformation. */
import type { Battery } from '../../../schemas/device.ts'
import type { Machine } from '../machine.ts'
import { percentOf, tenthsOf } from './units.ts'
import type { Traffic } from './traffic.ts'

/** What systeminformation tells; null where it does not know. */
export type DesktopFigures = {
  readonly battery: Battery | null
  readonly temperature: number | null
  readonly traffic: Traffic | null
}

/** Asks systeminformation for battery and heat. */
export const readDesktopPower = async (
  machine: Machine,
): Promise<{ readonly battery: Battery | null; readonly temperatureCelsius: number | null }> => {
  const systeminformation = await machine.systeminformation()
  const [battery, temperature] = await Promise.all([systeminformation.battery(), systeminformation.cpuTemperature()])
  // The types say number, the library says null where it does not know.
  const hottest = temperature.max as number | null
  return {
    battery: battery.hasBattery
      ? { level: percentOf(battery.percent / 100), charging: battery.isCharging || battery.acConnected }
      : null,
    temperatureCelsius: hottest !== null && hottest > 0 && hottest < 150 ? tenthsOf(hottest) : null,
  }
}

/** Asks systeminformation. */
export const readDesktop = async (machine: Machine): Promise<DesktopFigures> => {
  const systeminformation = await machine.systeminformation()
  const [{ battery, temperatureCelsius }, interfaces] = await Promise.all([
    readDesktopPower(machine),
    systeminformation.networkStats('*'),
  ])
  const external = interfaces.filter(({ iface }) => !/^lo|loopback/i.test(iface))
  const sum = (bytes: (stats: (typeof external)[number]) => number) =>
    external.reduce((total, stats) => total + bytes(stats), 0)
  return {
    battery,
    temperature: temperatureCelsius,
    traffic:
      external.length === 0
        ? null
        : { received: sum(({ rx_bytes }) => rx_bytes), sent: sum(({ tx_bytes }) => tx_bytes) },
  }
}
