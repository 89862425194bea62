/** The types that run within the worker itself: `echo`, `sleep`, `system_info`. */
import { setTimeout as pause } from 'node:timers/promises'
import type { PayloadOf } from '../../../schemas/task-types.ts'
import type { DeviceProfile, Telemetry } from '../../../schemas/link.ts'
import { completed, type Executor, printed } from './executor.ts'

/** `echo`: the message, `repeat` times, joined by line feeds. */
export const echo: Executor = (payload, { onOutput }) => {
  const { message = '', repeat = 1 } = payload as PayloadOf<'echo'>
  const output = Array.from({ length: repeat }, () => message).join('\n')
  onOutput(output)
  return Promise.resolve(completed(printed(output)))
}

/** `sleep`: nothing, for `duration` seconds. */
export const sleep: Executor = async (payload, { signal }) => {
  const { duration } = payload as PayloadOf<'sleep'>
  // The runner knows why it aborted.
  await pause(duration * 1000, undefined, { signal }).catch(() => undefined)
  return completed(printed(''))
}

/** `system_info`: what the device tells of itself, as `value`. */
export const systemInfo =
  (look: () => Promise<{ readonly profile: DeviceProfile; readonly telemetry: Telemetry }>): Executor =>
  async () => {
    const { profile, telemetry } = await look()
    return completed({ ...printed(''), value: { ...profile, ...telemetry } })
  }
