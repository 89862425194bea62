/** `retire-cluster devices ping`. */
import type { TNumber, TSchema } from '@sinclair/typebox'
import { resolve } from '../../../../schemas/component.ts'
import { PingRequest, type PingResults } from '../../../../schemas/device-requests.ts'
import { isApiError } from '../../../client/errors.ts'
import { pingSeconds } from '../../../client/resources/devices.ts'
import { UsageError } from '../../failure.ts'
import { optional } from '../../options/flag.ts'
import { ofSchema } from '../../options/readers.ts'
import { named } from '../api.ts'
import { command } from '../command.ts'
import { Refusal } from '../failures.ts'
import { idsOf } from '../ids.ts'
import { type Column, printList, printRecord } from '../output.ts'
import { devicesArgument } from './arguments.ts'

const ping = (resolve(PingRequest) as TSchema & { properties: Record<'timeout' | 'count', TNumber> }).properties

/** Each answer takes as long as the slowest device: a few at a time are no load, and no wait for a household. */
const AT_A_TIME = 10

const columns: readonly Column<PingResults>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'reachable', of: ({ reachable }) => reachable },
  { name: 'average_latency_ms', of: ({ average_latency_ms }) => average_latency_ms },
  { name: 'packet_loss', of: ({ packet_loss }) => packet_loss },
]

/** The command. */
export const pingDevices = command({
  name: 'ping',
  summary: 'Measure round trips to devices over their own connections.',
  args: [devicesArgument],
  flags: {
    timeout: optional(ofSchema(ping.timeout, 'SECONDS'), 'How long to wait for each answer, in seconds.', '5'),
    count: optional(ofSchema(ping.count, 'N'), 'How many round trips to measure.', '3'),
  },
  examples: [
    'retire-cluster devices ping android-001',
    'retire-cluster devices list -q --status online | retire-cluster devices ping - --count 1',
  ],
  run: async ({ api, output }, values, args) => {
    if (args.length === 0) throw new UsageError('Name devices, or - for ids on the standard input. See --help.')
    const ids = await idsOf(args)
    const body = named(values)
    const measured: PingResults[] = []
    const failures: string[] = []
    for (let first = 0; first < ids.length; first += AT_A_TIME)
      await Promise.all(
        ids.slice(first, first + AT_A_TIME).map(async (device_id) => {
          const asked = { path: { device_id }, body, waitSeconds: pingSeconds(body) }
          try {
            measured.push((await api.call('pingDevice', asked)).ping_results)
          } catch (error) {
            // One that is not there, or not connected, keeps nobody from hearing of the others.
            if (ids.length === 1 || !isApiError(error)) throw error
            failures.push(`${device_id}: ${error.message} (${error.code})`)
          }
        }),
      )
    measured.sort((a, b) => ids.indexOf(a.device_id) - ids.indexOf(b.device_id))
    const [only, ...others] = measured
    if (only === undefined || others.length > 0 || failures.length > 0)
      await printList(output, { whole: { ping_results: measured }, rows: measured, columns })
    else await printRecord(output, only)
    if (failures.length > 0)
      throw new Refusal(`${failures.length} of ${ids.length} devices could not be measured; the first: ${failures[0]}`)
  },
})
