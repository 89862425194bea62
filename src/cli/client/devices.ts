/** `retire-cluster devices`: the devices of the cluster. */
import type { Device, DeviceDetail } from '../../../schemas/device.ts'
import {
  DeviceListQuery,
  type DeviceList,
  type DeviceRemoval,
  PingRequest,
  type PingResults,
} from '../../../schemas/device-requests.ts'
import { resolve } from '../../../schemas/component.ts'
import type { TNumber, TSchema } from '@sinclair/typebox'
import { flag, optional } from '../options/flag.ts'
import { ofSchema, repeated, text, toggle } from '../options/readers.ts'
import { command, type CommandGroup } from './command.ts'
import { type Column, printList, printRecord } from './output.ts'
import { tellOfMore } from './paging.ts'

const query = DeviceListQuery.properties

const columns: readonly Column<Device>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'status', of: ({ status }) => status },
  { name: 'role', of: ({ role }) => role },
  { name: 'os', of: ({ platform }) => platform.os },
  { name: 'arch', of: ({ platform }) => platform.arch },
  { name: 'cpu_cores', of: ({ resources }) => resources.cpu_cores },
  { name: 'cpu_usage', of: ({ resources }) => resources.cpu_usage },
  { name: 'memory_used_gb', of: ({ resources }) => resources.memory_used_gb },
  { name: 'memory_total_gb', of: ({ resources }) => resources.memory_total_gb },
  { name: 'slots_free', of: ({ slots }) => slots.free },
  { name: 'slots_total', of: ({ slots }) => slots.total },
  { name: 'active', of: ({ tasks }) => tasks.active },
  { name: 'completed', of: ({ tasks }) => tasks.completed },
  { name: 'failed', of: ({ tasks }) => tasks.failed },
  { name: 'tags', of: ({ tags }) => tags.join(' ') },
  { name: 'last_seen', of: ({ last_seen }) => last_seen },
]

const deviceArgument = { name: 'DEVICE_ID', description: 'The id of the device.' }
const pathOf = (device_id = ''): string => `/devices/${encodeURIComponent(device_id)}`
const ping = (resolve(PingRequest) as TSchema & { properties: Record<'timeout' | 'count', TNumber> }).properties

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'list',
    summary: 'List the registered devices.',
    flags: {
      status: optional(ofSchema(query.status, ''), 'Only devices in this state.', 'all'),
      role: optional(ofSchema(query.role, 'ROLE'), 'Only devices of this role.'),
      platform: optional(ofSchema(query.platform, 'OS'), 'Only devices with this operating system.'),
      tag: flag(repeated(text('TAG')), 'Only devices that bear this tag; of several, all.', [], 'any'),
      sort: optional(
        ofSchema(query.sort, ''),
        'Order by id, processor usage, memory usage, or last sign of life.',
        'name',
      ),
      order: optional(ofSchema(query.order, ''), 'Direction.'),
      limit: optional(ofSchema(query.limit, 'N'), 'Devices a page.', '100'),
      cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
    },
    examples: ['retire-cluster devices list --status online --sort cpu', 'retire-cluster devices list --output csv'],
    run: async ({ api, format }, values) => {
      const list = await api<DeviceList>({ method: 'GET', path: '/devices', query: values })
      await printList(format, { whole: list, rows: list.devices, columns })
      tellOfMore(format, list.next_cursor)
    },
  }),
  command({
    name: 'show',
    summary: 'Show all that is known of a device.',
    args: [deviceArgument],
    flags: {},
    run: async ({ api, format }, _values, [device_id]) => {
      const { device } = await api<{ device: DeviceDetail }>({ method: 'GET', path: pathOf(device_id) })
      await printRecord(format, device)
    },
  }),
  command({
    name: 'ping',
    summary: 'Measure round trips to a device over its own connection.',
    args: [deviceArgument],
    flags: {
      timeout: optional(ofSchema(ping.timeout, 'SECONDS'), 'How long to wait for each answer, in seconds.', '5'),
      count: optional(ofSchema(ping.count, 'N'), 'How many round trips to measure.', '3'),
    },
    run: async ({ api, format }, { timeout, count }, [device_id]) => {
      const { ping_results } = await api<{ ping_results: PingResults }>({
        method: 'POST',
        path: `${pathOf(device_id)}/ping`,
        body: { ...(timeout === undefined ? {} : { timeout }), ...(count === undefined ? {} : { count }) },
        waits: 600,
      })
      await printRecord(format, ping_results)
    },
  }),
  command({
    name: 'remove',
    summary: 'Remove a device, and revoke its credential.',
    args: [deviceArgument],
    flags: { force: flag(toggle, 'Remove it though it has unfinished tasks, and cancel these.', false) },
    run: async ({ api, format }, { force }, [device_id]) => {
      const removal = await api<DeviceRemoval>({
        method: 'DELETE',
        path: pathOf(device_id),
        query: { force: force ? true : undefined },
      })
      await printRecord(format, removal)
    },
  }),
]
