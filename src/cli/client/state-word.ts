/** The state of a device in one word, as people see it. */
import type { Device } from '../../../schemas/device.ts'

/** Its status; of one that is online and gets nothing, why: drained by its owner, or paused by itself. */
export const stateWord = ({
  status,
  schedulable,
  paused,
}: Pick<Device, 'status' | 'schedulable' | 'paused'>): string => {
  if (status !== 'online') return status
  if (!schedulable) return 'drained'
  return paused === null ? status : 'paused'
}
