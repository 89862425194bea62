/** What has ended the worker before, and the cure for it. */
import type { UncleanStopReport } from '../../../schemas/link.ts'
import { type Finding, ok, warning } from './finding.ts'

/** What is longer ago is forgotten: days. */
const DAYS = 30
const DAY_MS = 86_400_000

const cures = {
  restarted:
    'Look at the plug, the cable and the power supply, and let the worker start by itself: retire-cluster-worker install-service.',
  out_of_memory:
    'Run fewer tasks at a time (--slots), or give the device compressed swap (zram: sudo apt install zram-tools).',
  killed:
    'Run the worker as a service (retire-cluster-worker install-service), so that no closed terminal ends it, and it is started again.',
  crashed: 'Tell us, with the log of the worker: this is a fault of its own.',
} as const satisfies Record<UncleanStopReport['kind'], string>

const KILLED_ON_ANDROID =
  'Do what stands here of the background: wake lock, phantom-process killer, battery optimisation, and what the maker adds.'

/**
 * Looks at earlier unclean stops.
 * @param stops - the oldest first
 * @param nowMs - epoch milliseconds
 */
export const checkStops = (
  stops: readonly UncleanStopReport[],
  { isPhone, nowMs }: { readonly isPhone: boolean; readonly nowMs: number },
): readonly Finding[] => {
  const recent = stops.filter(({ last_alive_ms }) => nowMs - last_alive_ms < DAYS * DAY_MS)
  if (recent.length === 0) return [ok('stops', `The worker was not ended by anybody else in the last ${DAYS} days.`)]
  // The last of each kind says what there is to say of it.
  const kinds = [...new Map(recent.map((stop) => [stop.kind, stop])).values()]
  return kinds.map(({ kind, message, last_alive_ms }) => {
    const times = recent.filter((stop) => stop.kind === kind).length
    const last = new Date(last_alive_ms).toISOString()
    const often = times === 1 ? 'Once' : `${times} times`
    return warning(
      'stops',
      `${often} in the last ${DAYS} days, last at ${last}: ${message}`,
      kind === 'killed' && isPhone ? KILLED_ON_ANDROID : cures[kind],
    )
  })
}
