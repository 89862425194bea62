/** The flags of the owner's policy: what the cluster may use of the device, and when. */
import { HOURS_PATTERN, ownerLimits } from '../../../schemas/policy.ts'
import { hoursOf } from '../../worker/policy/hours.ts'
import type { OwnerWishes } from '../../worker/policy/limits.ts'
import { flag, optional, type Values } from '../options/flag.ts'
import { ofSchema, orNone, parsed, toggle } from '../options/readers.ts'
import { sizeOrShare } from './size-or-share.ts'

const parseHours = (written: string): string | undefined => {
  if (!new RegExp(HOURS_PATTERN).test(written)) return undefined
  const { fromMinute, toMinute } = hoursOf(written)
  return fromMinute === toMinute ? undefined : written
}

/** The flags of the owner's policy. */
export const policyFlags = {
  only_charging: flag(toggle, 'Take tasks only while the device is on the plug.', false),
  min_battery: optional(
    orNone(ofSchema(ownerLimits.min_battery_percent, 'PERCENT')),
    'Off the plug, take nothing near or below this charge; none for no floor.',
    '30 where there is a battery',
  ),
  max_temperature: optional(
    orNone(ofSchema(ownerLimits.max_temperature_celsius, 'CELSIUS')),
    'Take nothing while the battery is warmer, or where it tells no temperature, the hottest sensor; none for no limit.',
    '42 where a battery tells its temperature',
  ),
  max_cpu: optional(
    orNone(ofSchema(ownerLimits.max_cpu_percent, 'PERCENT')),
    'Share of the processor: so many of its cores are slots, and tasks run at a low priority; none for all of it.',
    '50 where there is a battery and no --slots',
  ),
  max_memory: optional(
    orNone(sizeOrShare),
    'Memory that tasks may require, and use together before the device takes no more: 2GB, 512MB, 50%.',
    'all of it',
  ),
  hours: optional(
    orNone(parsed('HH:MM-HH:MM', parseHours, 'two different times such as 22:00-07:00')),
    'Hours of the day in which the device takes tasks, by its own clock; 22:00-07:00 goes over midnight.',
    'always',
  ),
  pause_when_used: flag(
    toggle,
    'Take nothing until five minutes after somebody used the device, where it tells that: see docs/devices.md.',
    false,
  ),
} as const

/** What the owner said by these flags. */
export const wishesOf = (values: Values<typeof policyFlags>): OwnerWishes => ({
  onlyCharging: values.only_charging,
  minBatteryPercent: values.min_battery,
  maxTemperatureCelsius: values.max_temperature,
  maxCpuPercent: values.max_cpu,
  maxMemory: values.max_memory,
  hours: values.hours,
  pauseWhenUsed: values.pause_when_used,
})
