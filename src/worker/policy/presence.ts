/** Whether somebody uses the device, as far as it tells. */
import type { Clock } from '../clock.ts'
import { listDirectory, type Machine, readNumber, readText } from '../machine.ts'

/** Tells how long nobody has used the device. */
export interface Presence {
  /** How long nobody has, milliseconds: since the first look at the most, and null where it does not tell. */
  unusedMs(): Promise<number | null>
}

/**
 * Interrupts of keyboards, touchpads and touchscreens that are built in, by the names of their drivers: `i8042` (PCs),
 * `i2c_hid`, ELAN and Synaptics touchpads, Goodix, FocalTech and Atmel touchscreens. What hangs on USB shares its interrupt with all else there.
 */
const INPUT_INTERRUPTS = /i8042|i2c.hid|touch|elan|synaptics|goodix|ft5x|atmel_mxt/i

/** How often input has interrupted the processor since the start of the system (proc_interrupts(5)); null where no line tells of any. */
const inputInterrupts = async ({ procRoot }: Machine): Promise<number | null> => {
  const table = await readText(procRoot, 'interrupts')
  const lines = (table ?? '').split('\n').filter((line) => INPUT_INTERRUPTS.test(line))
  if (lines.length === 0) return null
  let count = 0
  // `  1:   900   12  IO-APIC  1-edge  i8042`: a count for each processor, then who it is.
  for (const line of lines)
    for (const field of line.trim().split(/\s+/).slice(1)) {
      if (!/^\d+$/.test(field)) break
      count += Number(field)
    }
  return count
}

/** Whether the screen is lit; null where no screen tells. Documentation/ABI/stable/sysfs-class-backlight: `bl_power` is 0 where it is on. */
const isScreenLit = async ({ sysRoot }: Machine): Promise<boolean | null> => {
  const screens = await listDirectory(sysRoot, 'class/backlight')
  const states = await Promise.all(
    screens.map(async (screen) => {
      const power = await readNumber(sysRoot, 'class/backlight', screen, 'bl_power')
      const brightness = await readNumber(sysRoot, 'class/backlight', screen, 'brightness')
      return power === null || brightness === null ? null : power === 0 && brightness > 0
    }),
  )
  const told = states.filter((state) => state !== null)
  return told.length === 0 ? null : told.includes(true)
}

/** Milliseconds since the last input, out of what `ioreg -c IOHIDSystem` prints; null where it does not say. */
export const idleMsOf = (printed: string | null): number | null => {
  const nanoseconds = /"HIDIdleTime" = (\d+)/.exec(printed ?? '')?.[1]
  return nanoseconds === undefined ? null : Number(nanoseconds) / 1e6
}

const ofInterrupts = (machine: Machine, clock: Clock): Presence => {
  let before: number | null = null
  let usedMs = -Infinity
  return {
    unusedMs: async () => {
      const count = await inputInterrupts(machine)
      if (before !== null && count !== null && count > before) usedMs = clock.monotonic()
      before = count
      return count === null ? null : clock.monotonic() - usedMs
    },
  }
}

const ofScreen = (machine: Machine, clock: Clock): Presence => {
  let litMs = -Infinity
  return {
    unusedMs: async () => {
      const isLit = await isScreenLit(machine)
      if (isLit === true) litMs = clock.monotonic()
      return isLit === null ? null : clock.monotonic() - litMs
    },
  }
}

const ofIoreg = ({ ask }: Machine): Presence => ({
  unusedMs: async () => idleMsOf(await ask('ioreg', ['-c', 'IOHIDSystem', '-d', '4'])),
})

/** What tells it on this platform: on Linux what is built in, on Android the screen, on macOS all input; elsewhere nothing. */
export const createPresence = (machine: Machine, clock: Clock): Presence => {
  switch (machine.platform) {
    case 'linux':
      return ofInterrupts(machine, clock)
    case 'android':
      return ofScreen(machine, clock)
    case 'darwin':
      return ofIoreg(machine)
    default:
      return { unusedMs: () => Promise.resolve(null) }
  }
}
