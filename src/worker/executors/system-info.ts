/** `system_info`: what the device tells of itself. */
import type { DeviceProfile, Telemetry } from '../../../schemas/device-profile.ts'
import { completed, type Execution } from './execution.ts'

/** What the value of `system_info` is. */
export type SystemInfo = { readonly profile: DeviceProfile; readonly telemetry: Telemetry }

/** Makes the executor: profile and fresh telemetry become the result's `value`. */
export const systemInfo = (describe: () => Promise<SystemInfo>) => async (): Promise<Execution> =>
  completed({ value: await describe() })
