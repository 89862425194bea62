/** The power supply of a Raspberry Pi: a cable that is too thin or a charger that is too weak slows it down, and ruins its card. */
import { type Machine, readText } from '../machine.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Bits of get_throttled: https://www.raspberrypi.com/documentation/computers/os.html#get_throttled */
const bits = { underVoltage: 0, capped: 1, throttled: 2, hot: 3 } as const
/** The same since the device was started stand so much higher. */
const SINCE_START = 16

const isSet = (flags: number, bit: number): boolean => ((flags >> bit) & 1) === 1

/** The flags: newer kernels tell them by a file, hexadecimal without a prefix; the firmware's own program as `throttled=0x50005`. */
const readFlags = async ({ sysRoot, procRoot, ask }: Machine): Promise<number | null> => {
  const told = await readText(sysRoot, 'devices/platform/soc/soc:firmware/get_throttled')
  if (told !== null) return Number.parseInt(told, 16)
  if ((await readText(procRoot, 'device-tree', 'model'))?.startsWith('Raspberry Pi') !== true) return null
  const said = /^throttled=0x([0-9a-f]+)$/i.exec((await ask('vcgencmd', ['get_throttled'], 2000)) ?? '')?.[1]
  return said === undefined ? null : Number.parseInt(said, 16)
}

/** Looks at the power supply; nothing is said where the device tells nothing of it. */
export const checkPowerSupply = async (machine: Machine): Promise<readonly Finding[]> => {
  const flags = await readFlags(machine)
  if (flags === null || Number.isNaN(flags)) return []
  const now = (bit: number) => isSet(flags, bit)
  const ever = (bit: number) => isSet(flags, bit + SINCE_START)
  const findings: Finding[] = []
  if (now(bits.underVoltage) || ever(bits.underVoltage))
    findings.push(
      warning(
        'power_supply',
        now(bits.underVoltage)
          ? 'The voltage is too low now.'
          : 'The voltage was too low since the device was started.',
        'Use the maker’s own power supply (5.1 V) and a short, thick cable, and take off what draws from USB.',
      ),
    )
  if ([bits.capped, bits.throttled, bits.hot].some((bit) => now(bit) || ever(bit)))
    findings.push(
      warning(
        'power_supply',
        now(bits.throttled) || now(bits.hot)
          ? 'The processor is slowed down now.'
          : 'The processor was slowed down since the device was started.',
        'Give the processor a heat sink or a fan, and mend the power supply where the voltage is too low.',
      ),
    )
  return findings.length === 0
    ? [ok('power_supply', 'Voltage and clock were never cut since the device was started.')]
    : findings
}
