/** Why an earlier run of the worker ended without being told to. Pure. */
import type { Platform } from '../../../schemas/device.ts'
import type { UncleanStopReport } from '../../../schemas/link.ts'
import type { Boot } from './boot.ts'

/** What a run left behind. */
export type LeftMark = {
  /** The boot id that it ran under; null where none was told. */
  readonly bootId: string | null
  /** Programs ended for lack of memory when it was last seen alive; null where the kernel does not count them. */
  readonly oomKills: number | null
  /** The error that it ended by; null where it had no time to say one. */
  readonly error: string | null
  /** When it began, and when it was last seen alive: epoch milliseconds. */
  readonly startedMs: number
  readonly aliveMs: number
}

/** The longest message of the contract. */
const LONGEST = 512

/** Since this version Android ends processes that apps have started beside their own: https://github.com/agnostic-apollo/Android-Docs (phantom processes). */
const FIRST_WITH_PHANTOMS = 12

/** True where the system was started after the run was last seen alive. */
const hasRestarted = (left: LeftMark, boot: Boot, nowMs: number): boolean => {
  if (left.bootId !== null && boot.id !== null) return left.bootId !== boot.id
  return boot.uptimeSeconds !== null && nowMs - left.aliveMs > boot.uptimeSeconds * 1000
}

const kindOf = (left: LeftMark, boot: Boot, nowMs: number): UncleanStopReport['kind'] => {
  if (left.error !== null) return 'crashed'
  if (hasRestarted(left, boot, nowMs)) return 'restarted'
  const isOutOfMemory = left.oomKills !== null && boot.oomKills !== null && boot.oomKills > left.oomKills
  return isOutOfMemory ? 'out_of_memory' : 'killed'
}

const killed = ({ os, os_version }: Platform): string => {
  if (os !== 'android') return 'The worker was killed: by the system, with its terminal, or by kill -9.'
  return Number.parseInt(os_version ?? '', 10) >= FIRST_WITH_PHANTOMS
    ? 'Android ended the worker, most likely by its phantom-process killer or to save battery.'
    : 'Android ended the worker, most likely to save battery or memory.'
}

const messageOf = (kind: UncleanStopReport['kind'], left: LeftMark, platform: Platform): string => {
  switch (kind) {
    case 'crashed':
      return `The worker ended by an error of its own: ${left.error ?? 'unknown'}`
    case 'restarted':
      return 'The device restarted or lost power while the worker ran.'
    case 'out_of_memory':
      return 'The kernel ended programs for lack of memory, most likely the worker among them.'
    case 'killed':
      return killed(platform)
  }
}

/** What the node and the owner are told of a run that left its mark. */
export const stopOf = (
  left: LeftMark,
  { boot, platform, nowMs }: { readonly boot: Boot; readonly platform: Platform; readonly nowMs: number },
): UncleanStopReport => {
  const kind = kindOf(left, boot, nowMs)
  return {
    kind,
    message: messageOf(kind, left, platform).slice(0, LONGEST),
    // A clock that was never set may stand before 1970.
    started_ms: Math.max(0, left.startedMs),
    last_alive_ms: Math.max(0, left.aliveMs),
  }
}
