/** The owner's policy: how much of a device the cluster may use, and when; and what the device says while it takes nothing. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object } from './component.ts'
import { gigabytes, id, instant, integer, text } from './primitives.ts'

/** A span of the day, `22:00-07:00`: it goes over midnight where it ends before it begins. */
export const HOURS_PATTERN = '^(?:[01]\\d|2[0-3]):[0-5]\\d-(?:[01]\\d|2[0-3]):[0-5]\\d$'

/** The limits of the policy that are numbers. The flags of the worker are read by the same bounds. */
export const ownerLimits = {
  min_battery_percent: Type.Number({
    description: 'Off the plug it takes nothing with less charge, percent.',
    minimum: 0,
    maximum: 100,
  }),
  max_temperature_celsius: Type.Number({
    description:
      'It takes nothing while it is warmer, degrees Celsius: its battery, where that tells its temperature, else its hottest sensor.',
    minimum: 0,
    maximum: 150,
  }),
  max_cpu_percent: integer(
    'Share of the processor, percent: of its cores so many are slots, and tasks run at a low priority.',
    1,
    100,
  ),
}

/** What the owner of a device lets the cluster use of it, and when. */
export const OwnerPolicy = component(
  'OwnerPolicy',
  object('What the owner lets the cluster use of the device, and when; null where there is no such limit.', {
    only_charging: Type.Boolean({ description: 'True: it takes nothing off the plug.' }),
    min_battery_percent: nullable(ownerLimits.min_battery_percent),
    max_temperature_celsius: nullable(ownerLimits.max_temperature_celsius),
    max_cpu_percent: nullable(ownerLimits.max_cpu_percent),
    max_memory_gb: nullable(gigabytes('Memory that its tasks may use together before it takes no more.')),
    hours: nullable(
      text('The hours of the day in which it takes tasks, by its own clock.', 11, {
        pattern: HOURS_PATTERN,
        examples: ['22:00-07:00'],
      }),
    ),
    pause_when_used: Type.Boolean({ description: 'True: it takes nothing while somebody uses it.' }),
  }),
)
/** What the owner of a device lets the cluster use of it, and when. */
export type OwnerPolicy = Static<typeof OwnerPolicy>

/** Why a device takes nothing, as this version's workers say it. */
export const pauseReasons = {
  stopping: 'it is told to stop',
  overheating: 'it is near the heat at which its system switches it off, whatever its owner allows',
  battery: 'its charge is near the floor',
  unplugged: 'it is off the plug',
  temperature: 'it is too hot',
  hours: 'its hours are over',
  used: 'somebody uses it',
  memory: 'its memory is short',
} as const
/** Why a device takes nothing. */
export type PauseReason = keyof typeof pauseReasons

const reasons = Object.keys(pauseReasons) as PauseReason[]

const pauseFields = {
  // No enum: a link would refuse the worker of a later version that knows another reason.
  reason: id(
    `For programs. ${reasons.map((reason) => `${reason}: ${pauseReasons[reason]}`).join('; ')}. Later versions may know more.`,
    { examples: reasons },
  ),
  message: text('For people.', 512),
}

/** Why a device takes nothing for now, as it says itself. */
export const Pause = component('Pause', object('Why the device takes nothing for now.', pauseFields))
/** Why a device takes nothing for now, as it says itself. */
export type Pause = Static<typeof Pause>

/** Why a device takes nothing for now, and since when. */
export const DevicePause = component(
  'DevicePause',
  object('Why the device takes nothing for now, as it says itself.', {
    ...pauseFields,
    since: instant('Since when the node knows it.'),
  }),
)
/** Why a device takes nothing for now, and since when. */
export type DevicePause = Static<typeof DevicePause>
