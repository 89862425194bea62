/** Hours of the day: `22:00-07:00`, by the clock on the wall of the device, whatever its time zone does. Pure. */

/** A span of the day, in minutes since midnight. It goes over midnight where it ends before it begins. */
export type Hours = { readonly fromMinute: number; readonly toMinute: number }

/** What runs is to be elsewhere when the hours are over: so long before it takes nothing more, milliseconds. */
export const BEFORE_END_MS = 60_000

const SHAPE = /^(?<from>[\d:]{5})-(?<to>[\d:]{5})$/

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** The span that a text of the shape `HH:MM-HH:MM` (`HOURS_PATTERN`) names. */
export const hoursOf = (written: string): Hours => {
  const { from = '', to = '' } = SHAPE.exec(written)?.groups ?? {}
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) }
}

/** True where the local time of an instant (epoch milliseconds) lies in the span; its end does not. */
export const isWithin = ({ fromMinute, toMinute }: Hours, atMs: number): boolean => {
  // Of each instant anew: a day in which the clocks change has no other rules.
  const at = new Date(atMs)
  const minute = at.getHours() * 60 + at.getMinutes()
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute
}

/** True where a device with these hours takes tasks. */
export const isOpen = (hours: Hours, nowMs: number): boolean =>
  isWithin(hours, nowMs) && isWithin(hours, nowMs + BEFORE_END_MS)
