/** `retire-cluster devices show`. */
import { command } from '../command.ts'
import { printRecord } from '../output.ts'
import { deviceArgument } from './arguments.ts'

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
    await printRecord(output, device)
  },
})
