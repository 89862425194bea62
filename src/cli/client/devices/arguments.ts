/** Devices on the command line. */

/** The one device of a command. */
export const deviceArgument = { name: 'DEVICE_ID', description: 'The id of the device.' }

/** The devices of a command. */
export const devicesArgument = {
  name: 'DEVICE_ID',
  description: 'Ids of devices; - reads them from the standard input, one a line.',
  many: true,
} as const
