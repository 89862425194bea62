/** Ends of a worker that nobody asked for: the device tells of them at its next start, and the node keeps the last ones. */
import type { Static, TProperties } from '@sinclair/typebox'
import { component, object, oneOf } from './component.ts'
import { instant, text } from './primitives.ts'

/** So many of them are kept of a device. */
export const MOST_UNCLEAN_STOPS = 20

/** How a worker ended without being told to. */
export const UncleanStopKind = oneOf(
  ['restarted', 'killed', 'out_of_memory', 'crashed'],
  'restarted: the device restarted or lost power; killed: something on the device ended the worker alone; out_of_memory: so it was, while the kernel ended programs for lack of memory; crashed: the worker ended by an error of its own.',
)

/** What a device tells of such an end. */
export const uncleanStopFields = {
  kind: UncleanStopKind,
  message: text('What is known of it, and what the cause is likely to be.', 512),
} as const satisfies TProperties

/** Such an end as the node keeps it. */
export const UncleanStop = component(
  'UncleanStop',
  object('An end of the worker that nobody asked for.', {
    ...uncleanStopFields,
    started_at: instant('When that run of the worker began, by the clock of the device.'),
    last_alive_at: instant(
      'When it was last known to run, by the clock of the device: at most a minute before it ended.',
    ),
    reported_at: instant('When the node heard of it, by its own clock.'),
  }),
)
/** Such an end as the node keeps it. */
export type UncleanStop = Static<typeof UncleanStop>
