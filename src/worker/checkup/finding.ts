/** What a check of the device found. */

/** What is looked at. */
export type Check =
  | 'nodejs'
  | 'data_directory'
  | 'network'
  | 'clock'
  | 'token'
  | 'permissions'
  | 'task_types'
  | 'battery'
  | 'power_supply'
  | 'sleep'
  | 'background'
  | 'metered'
  | 'stops'

/**
 * What a check found.
 * - `ok`: nothing is to be done.
 * - `warning`: the worker works, and may stop or harm the device one day.
 * - `failure`: it does not work so.
 */
export type Finding = {
  readonly check: Check
  readonly state: 'ok' | 'warning' | 'failure'
  /** What was seen: a sentence. */
  readonly saw: string
  /** What to do about it; null where all is well. */
  readonly fix: string | null
}

/** Nothing is to be done. */
export const ok = (check: Check, saw: string): Finding => ({ check, state: 'ok', saw, fix: null })
/** It works, and may not for ever. */
export const warning = (check: Check, saw: string, fix: string): Finding => ({ check, state: 'warning', saw, fix })
/** It does not work so. */
export const failure = (check: Check, saw: string, fix: string): Finding => ({ check, state: 'failure', saw, fix })
