/** `retire-cluster devices list`. */
import { oneOf } from '../../../../schemas/component.ts'
import type { Device } from '../../../../schemas/device.ts'
import { type DeviceList, DeviceListQuery } from '../../../../schemas/device-requests.ts'
import { devicesResource } from '../../../client/resources/devices.ts'
import { UsageError } from '../../failure.ts'
import { flag, optional } from '../../options/flag.ts'
import { ofSchema, repeated, text } from '../../options/readers.ts'
import { type Api, named } from '../api.ts'
import { command } from '../command.ts'
import { type Column, printList } from '../output.ts'
import { tellOfMore, wantsAll, WHOLE_PAGE, writeIds } from '../paging.ts'
import { ago, percent, sizeOf } from '../presentation.ts'
import { stateWord } from '../state-word.ts'

const query = DeviceListQuery.properties

/** What the column says of devices that are online and get nothing. */
const idleStates = ['drained', 'paused'] as const
type IdleState = (typeof idleStates)[number]
const isIdleState = (status: string | undefined): status is IdleState => idleStates.some((one) => one === status)

/** By what the API filters, and these. */
const state = oneOf(
  [...(query.status.enum as readonly NonNullable<DeviceListQuery['status']>[]), ...idleStates],
  'Only devices in this state.',
)

/** The devices of such a state. The API filters by no such word, so that all that are online are looked through. */
const idle = async (
  api: Api,
  status: IdleState,
  filters: Omit<DeviceListQuery, 'status' | 'limit' | 'cursor'>,
): Promise<DeviceList> => {
  const devices: Device[] = []
  let cursor: string | undefined
  for (;;) {
    const asked = { ...filters, status: 'online' as const, limit: WHOLE_PAGE, ...named({ cursor }) }
    const page = await api.call('listDevices', { query: asked })
    devices.push(...page.devices.filter((device) => stateWord(device) === status))
    if (page.next_cursor === null) return { ...page, devices }
    cursor = page.next_cursor
  }
}

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
  { name: 'paused', of: ({ paused }) => paused?.reason ?? null },
]

/** What a screen has room for. */
const shown: readonly Column<Device>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'status', of: stateWord },
  { name: 'role', of: ({ role }) => role },
  { name: 'os', of: ({ platform }) => platform.os },
  { name: 'arch', of: ({ platform }) => platform.arch },
  { name: 'cores', of: ({ resources }) => resources.cpu_cores },
  { name: 'cpu', of: ({ resources: { cpu_usage } }) => (cpu_usage === null ? null : percent(cpu_usage)) },
  {
    name: 'memory',
    of: ({ resources: { memory_used_gb, memory_total_gb } }) => sizeOf(memory_used_gb, memory_total_gb) ?? null,
  },
  { name: 'slots', of: ({ slots }) => `${slots.free} of ${slots.total} free` },
  { name: 'completed', of: ({ tasks }) => tasks.completed },
  { name: 'failed', of: ({ tasks }) => tasks.failed },
  { name: 'tags', of: ({ tags }) => tags.join(' ') },
  { name: 'last_seen', of: ({ last_seen }) => (last_seen === null ? null : ago(last_seen)) },
]

/** The flags that choose devices. */
export const selectionFlags = {
  role: optional(ofSchema(query.role, 'ROLE'), 'Only devices of this role.'),
  platform: optional(ofSchema(query.platform, 'OS'), 'Only devices with this operating system.'),
  tag: flag(repeated(text('TAG')), 'Only devices that bear this tag; of several, all.', [], 'any'),
} as const

/** The command. */
export const list = command({
  name: 'list',
  summary: 'List the registered devices.',
  watchable: true,
  flags: {
    status: optional(ofSchema(state, ''), 'Only devices in this state; drained and paused ones are online.', 'all'),
    ...selectionFlags,
    sort: optional(
      ofSchema(query.sort, ''),
      'Order by id, processor usage, memory usage, or last sign of life.',
      'name',
    ),
    order: optional(ofSchema(query.order, ''), 'Direction.'),
    limit: optional(ofSchema(query.limit, 'N'), 'Devices a page.', '100; with -q all pages'),
    cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
  },
  examples: [
    'retire-cluster devices list --status online --sort cpu',
    'retire-cluster devices list --status paused',
    'retire-cluster devices list --output csv',
    'retire-cluster devices list -q --tag lab | retire-cluster devices drain -',
  ],
  run: async ({ api, output }, { status, limit, cursor, ...values }) => {
    const filters = { ...named(values), tag: [...values.tag] }
    if (isIdleState(status)) {
      if (limit !== undefined || cursor !== undefined)
        throw new UsageError(`--status ${status} shows all such devices at once; leave out --limit and --cursor.`)
      const page = await idle(api, status, filters)
      return printList(output, { whole: page, rows: page.devices, columns, table: shown })
    }
    const asked = { ...named({ status, limit, cursor }), ...filters }
    if (wantsAll(output, asked)) {
      const devices = devicesResource(api).iterate({ ...asked, limit: WHOLE_PAGE })
      return writeIds(output, devices, ({ id }) => id)
    }
    const page = await api.call('listDevices', { query: asked })
    await printList(output, { whole: page, rows: page.devices, columns, table: shown })
    tellOfMore(output, page.next_cursor)
  },
})
