/** What is asked of devices, and what is answered: listing, ping, removal, changes. */
import { type Static, Type } from '@sinclair/typebox'
import { component, described, exactlyOne, nullable, object, oneOf } from './component.ts'
import { count, cursorQuery, id, integer, list, milliseconds, percentage, text } from './primitives.ts'
import { Device, Role, Tags } from './device.ts'

/** One page of devices. */
export const DeviceList = component(
  'DeviceList',
  object('One page of devices, and counts of all that match the filters (the status filter aside).', {
    devices: list(Device, 'The devices of this page.', 1000),
    total: count('Devices that match.'),
    online: count('Of these, online.'),
    offline: count('Of these, offline.'),
    pending_approval: count('Of these, waiting for approval.'),
    next_cursor: nullable(text('Send it as `cursor` for the next page; null on the last one.', 512)),
  }),
)
/** One page of devices. */
export type DeviceList = Static<typeof DeviceList>

/** The query string of the device listing. */
export const DeviceListQuery = Type.Object(
  {
    status: Type.Optional(
      oneOf(['all', 'online', 'offline', 'pending_approval'], 'Only devices in this state.', { default: 'all' }),
    ),
    role: Type.Optional(id('Only devices of this role; `all` for any.', { default: 'all' })),
    platform: Type.Optional(id('Only devices with this operating system.')),
    tag: Type.Optional(
      list(id('A tag.'), 'Only devices that bear this tag; repeat it for several, all must match.', 64),
    ),
    sort: Type.Optional(
      oneOf(
        ['name', 'cpu', 'memory', 'last_seen'],
        'Order by id, processor usage, memory usage, or last sign of life.',
        { default: 'name' },
      ),
    ),
    order: Type.Optional(oneOf(['asc', 'desc'], 'Direction. When absent: `desc` for last_seen, else `asc`.')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Devices a page.' })),
    cursor: Type.Optional(cursorQuery()),
  },
  { additionalProperties: false },
)
/** The query string of the device listing. */
export type DeviceListQuery = Static<typeof DeviceListQuery>

/** The path of an operation on one device. */
export const DeviceParams = Type.Object(
  { device_id: id('The id of the device.', { examples: ['android-001'] }) },
  { additionalProperties: false },
)

/** The body of a ping. */
export const PingRequest = component(
  'PingRequest',
  object(
    'How to ping.',
    {
      timeout: Type.Optional(
        Type.Number({
          minimum: 0.1,
          maximum: 30,
          description: 'How long to wait for each answer, in seconds. When absent: 5.',
        }),
      ),
      count: Type.Optional(integer('How many round trips to measure. When absent: 3.', 1, 20)),
    },
    { examples: [{ timeout: 5, count: 3 }] },
  ),
)
/** The body of a ping. */
export type PingRequest = Static<typeof PingRequest>

/** What a ping measured. */
export const PingResults = component(
  'PingResults',
  object('Round trips measured over the device’s own connection.', {
    device_id: id('The device.'),
    reachable: Type.Boolean({ description: 'True where at least one answer came.' }),
    average_latency_ms: nullable(milliseconds('Mean of the answers; null where none came.')),
    packet_loss: percentage('Share of the pings that had no answer in time.'),
    results: list(
      object('One ping.', {
        seq: integer('Its number, from 1.', 1, 20),
        time_ms: nullable(milliseconds('Its round trip; null where no answer came in time.')),
      }),
      'Each ping.',
      20,
    ),
  }),
)
/** What a ping measured. */
export type PingResults = Static<typeof PingResults>

/** The query string of a removal. */
export const DeviceRemoveQuery = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({ default: false, description: 'Remove it though it has unfinished tasks, and cancel these.' }),
    ),
  },
  { additionalProperties: false },
)

/** What a removal did. */
export const DeviceRemoval = component(
  'DeviceRemoval',
  object('What the removal did.', {
    removed_device: id('The device that is gone. Its credential is revoked.'),
    cancelled_tasks: count('Tasks that were cancelled with it.'),
  }),
)
/** What a removal did. */
export type DeviceRemoval = Static<typeof DeviceRemoval>

const patchFields = {
  role: Type.Optional(described(Role, 'The new role.')),
  tags: Type.Optional(described(Tags, 'The new tags, all of them.')),
  display_name: Type.Optional(nullable(text('A name for people; null takes it away.', 128))),
  schedulable: Type.Optional(
    Type.Boolean({ description: 'False drains the device: it finishes what it has, and gets nothing new.' }),
  ),
}

/** What of a device its owner can change. */
export const DevicePatch = component(
  'DevicePatch',
  object('The fields to change; the others stay.', patchFields, {
    minProperties: 1,
    examples: [{ schedulable: false }],
  }),
)
/** What of a device its owner can change. */
export type DevicePatch = Static<typeof DevicePatch>

/** One call for many devices: named, or all that bear a tag; and one thing to do with them. */
export const DeviceBatch = component(
  'DeviceBatch',
  object(
    'Which devices (`device_ids` or `tag`, exactly one of them), and what to do with them (`set`, `approve` or `remove`, exactly one of them).',
    {
      device_ids: Type.Optional(
        Type.Array(id('A device.'), { description: 'The devices.', minItems: 1, maxItems: 1000, uniqueItems: true }),
      ),
      tag: Type.Optional(id('All devices that bear this tag.')),
      set: Type.Optional(DevicePatch),
      approve: Type.Optional(
        Type.Unsafe<true>({ type: 'boolean', const: true, description: 'Approve those that wait for it.' }),
      ),
      remove: Type.Optional(
        object('Remove them.', {
          force: Type.Optional(Type.Boolean({ description: 'Cancel their unfinished tasks. When absent: false.' })),
        }),
      ),
    },
    {
      allOf: [exactlyOne('device_ids', 'tag'), exactlyOne('set', 'approve', 'remove')],
      examples: [{ tag: 'lab', set: { schedulable: false } }],
    },
  ),
)
/** One call for many devices. */
export type DeviceBatch = Static<typeof DeviceBatch>

/** The outcome of a call for many devices. */
export const DeviceBatchOutcome = component(
  'DeviceBatchOutcome',
  object('An outcome for each device.', {
    outcomes: list(
      object('What became of one device.', {
        device_id: id('The device.'),
        ok: Type.Boolean({ description: 'True where it was done.' }),
        code: nullable(text('The error code where it was not.', 64)),
      }),
      'One for each device.',
      1000,
    ),
    changed: count('Devices for which it was done.'),
  }),
)
/** The outcome of a call for many devices. */
export type DeviceBatchOutcome = Static<typeof DeviceBatchOutcome>
