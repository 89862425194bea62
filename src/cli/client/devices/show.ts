/** `retire-cluster devices show`. */
import type { DeviceDetail } from '../../../../schemas/device.ts'
import { command } from '../command.ts'
import { printRecord } from '../output.ts'
import { deviceArgument } from './arguments.ts'

/** As people read it: an unclean stop is a line, and not an object. */
const readable = ({ unclean_stops, ...device }: DeviceDetail): object => ({
  ...device,
  unclean_stops: unclean_stops.map(({ last_alive_at, kind, message }) => `${last_alive_at} ${kind}: ${message}`),
})

/** The command. */
export const show = command({
  name: 'show',
  summary: 'Show all that is known of a device.',
  watchable: true,
  args: [deviceArgument],
  flags: {},
  examples: ['retire-cluster devices show android-001'],
  run: async ({ api, output }, _values, [device_id = '']) => {
    const { device } = await api.call('getDevice', { path: { device_id } })
    await printRecord(output, output.format === 'table' ? readable(device) : device)
  },
})
