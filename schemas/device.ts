/** A device: what the listing, the detail and the operations on it show. */
import { type Static, Type } from '@sinclair/typebox'
import { component, described, nullable, object, oneOf } from './component.ts'
import { BatteryHealth, Benchmark, CoreKind } from './hardware.ts'
import { DevicePause, OwnerPolicy } from './policy.ts'
import { count, gigabytes, id, instant, integer, list, percentage, seconds, text } from './primitives.ts'
import { MOST_UNCLEAN_STOPS, UncleanStop } from './unclean-stop.ts'

/** The states of a device. */
export const DeviceStatus = component(
  'DeviceStatus',
  oneOf(
    ['online', 'offline', 'pending_approval'],
    'online: connected and sending heartbeats; offline: silent beyond cluster.offline_threshold, its connection closed beyond cluster.reconnect_grace, or stopped by itself; pending_approval: it waits for its owner to approve it.',
  ),
)
/** The states of a device. */
export type DeviceStatus = Static<typeof DeviceStatus>

/** What a device is used for. */
export const Role = id('What the device is for: compute, mobile, storage, or a word of your own.', {
  examples: ['compute', 'mobile', 'storage'],
})
/** A device has so many tags at most. */
export const MOST_TAGS = 64
/** The tags that the owner gave a device. */
export const Tags = list(id('A tag.'), 'Tags that the owner gave the device.', MOST_TAGS, { uniqueItems: true })

/** What a device runs on. */
export const Platform = component(
  'Platform',
  object('What the device runs on.', {
    os: text('Operating system: android, linux, darwin, win32, …', 64),
    os_version: nullable(text('Its version, where the device tells.', 256)),
    arch: text('Processor architecture as uname says it: aarch64, armv7l, x86_64, …', 64),
    python_version: nullable(text('Version of python3 on the device; null where there is none.', 64)),
    node_version: nullable(text('Version of Node that the worker runs on.', 64)),
  }),
)
/** What a device runs on. */
export type Platform = Static<typeof Platform>

/** What a device has, and how much of it is in use. */
export const Resources = component(
  'Resources',
  object('What the device has, and how much of it is in use. What the device cannot tell is null.', {
    cpu_cores: nullable(integer('Logical processors that the worker may use.', 1, 65_536)),
    cpu_usage: nullable(percentage('Processor time in use, over the last heartbeat interval, all cores together.')),
    memory_total_gb: nullable(gigabytes('Memory.')),
    memory_used_gb: nullable(gigabytes('Memory in use.')),
    storage_total_gb: nullable(gigabytes('Size of the file system that holds the data directory of the worker.')),
    storage_used_gb: nullable(gigabytes('How much of it is in use.')),
  }),
)
/** What a device has, and how much of it is in use. */
export type Resources = Static<typeof Resources>

/** A battery. */
export const Battery = component(
  'Battery',
  object('The battery of a device.', {
    level: nullable(percentage('Charge.')),
    charging: nullable(Type.Boolean({ description: 'True while it is plugged in.' })),
    temperature_celsius: Type.Optional(
      nullable(
        Type.Number({
          description: 'Its temperature, degrees Celsius; absent where its worker tells none.',
          minimum: -100,
          maximum: 300,
        }),
      ),
    ),
  }),
)
/** A battery. */
export type Battery = Static<typeof Battery>

const deviceFields = {
  id: id('The id of the device, unique in the cluster.', { examples: ['android-001'] }),
  hostname: text('The host name that the device gives itself.', 255),
  display_name: nullable(text('A name for people, where the owner gave one.', 128)),
  status: DeviceStatus,
  role: Role,
  tags: Tags,
  platform: Platform,
  resources: Resources,
  tasks: object('Its tasks, counted since it joined.', {
    active: count('Assigned to it or running on it now.'),
    completed: count('Completed by it.'),
    failed: count('Failed on it.'),
  }),
  slots: object('How many tasks it runs at a time.', {
    total: integer('Slots that the worker offers.', 0, 65_536),
    free: integer('Slots that are free now.', 0, 65_536),
  }),
  schedulable: Type.Boolean({ description: 'False: drained; it finishes what it has, and gets nothing new.' }),
  paused: nullable(
    described(
      DevicePause,
      'Why it takes nothing for now, as it says itself; null where it takes tasks, or is offline.',
    ),
  ),
  task_types: list(id('A task type.'), 'Task types that its owner allows on it.', 1000),
  last_seen: nullable(instant('When it was last heard of.')),
  registered_at: instant('When it joined.'),
  uptime_seconds: nullable(seconds('How long its operating system has been up.')),
}

/** A device as the listing shows it. */
export const Device = component('Device', object('A device of the cluster.', deviceFields))
/** A device as the listing shows it. */
export type Device = Static<typeof Device>

/** What only the detail shows of a device. */
export const DetailedInfo = component(
  'DetailedInfo',
  object('More about the device, as it told itself.', {
    capabilities: list(
      id('A capability.'),
      'What tasks may require of it: computational, network_services, storage, mobile, and the programs found on it (python3, ffmpeg, …).',
      1000,
    ),
    network_interfaces: list(
      text('The name of an interface.', 64),
      'Network interfaces that are up, loopback aside.',
      256,
    ),
    sensors: list(text('The name of a sensor.', 128), 'Sensors that the device tells of.', 256),
    battery: nullable(Battery),
    model: nullable(text('Maker and model, where the device tells.', 256)),
    cpu_model: nullable(text('The processor, where the device tells.', 256)),
    cores: nullable(
      list(CoreKind, 'Its cores by their kinds, the strongest first; null where the device does not tell.', 8),
    ),
    gpu: nullable(text('The graphics processor, where the device tells; several are joined by commas.', 256)),
    battery_health: nullable(
      described(BatteryHealth, 'What has become of its battery; null without one, and where the device does not tell.'),
    ),
    benchmark: nullable(
      described(Benchmark, 'How fast one core of it is; null until that was measured, and where its worker is older.'),
    ),
    temperature_celsius: nullable(
      Type.Number({
        description: 'The hottest sensor of processor or battery, degrees Celsius.',
        minimum: -100,
        maximum: 300,
      }),
    ),
    network_rx_bytes_per_second: nullable(
      Type.Number({ description: 'Received, bytes per second.', minimum: 0, maximum: 1e15 }),
    ),
    network_tx_bytes_per_second: nullable(
      Type.Number({ description: 'Sent, bytes per second.', minimum: 0, maximum: 1e15 }),
    ),
    load_average_1m: nullable(Type.Number({ description: 'Load average over one minute.', minimum: 0, maximum: 1e6 })),
    metered: nullable(Type.Boolean({ description: 'True where its network is known to be metered.' })),
    worker_version: text('Version of the worker.', 64),
    address: nullable(text('The address that its connection comes from; null while it has none.', 128)),
  }),
)
/** What only the detail shows of a device. */
export type DetailedInfo = Static<typeof DetailedInfo>

const hourly = (what: string) =>
  Type.Array(nullable(Type.Number({ minimum: 0, maximum: 1e9, description: 'The figure of one hour.' })), {
    description: `${what}: 24 hourly figures, oldest first, the current hour last; null where there is no sample.`,
    minItems: 24,
    maxItems: 24,
  })

/** The last 24 hours of a device. */
export const PerformanceHistory = component(
  'PerformanceHistory',
  object('The last 24 hours of the device, hour by hour, oldest first.', {
    cpu_usage_24h: hourly('Mean processor usage, percent'),
    memory_usage_24h: hourly('Mean memory usage, percent'),
    task_count_24h: hourly('Tasks that ended on the device'),
  }),
)
/** The last 24 hours of a device. */
export type PerformanceHistory = Static<typeof PerformanceHistory>

/** What the scheduler has learned of a device. */
export const LearnedAbilities = component(
  'LearnedAbilities',
  object('What the scheduler has learned of the device from the ends of tasks.', {
    programs: list(
      text('A program.', 256),
      'Programs that it has run well, the oldest first; they meet `capabilities` like those that it names itself.',
      256,
    ),
    lacks: list(
      object('Something that it cannot run.', {
        kind: oneOf(
          ['program', 'task_type', 'input'],
          'program: it does not have it; task_type: it does not run the type; input: so much of it is too large.',
        ),
        name: text('The program, or the task type.', 256),
        input_kib: integer('Of an input its size in KiB, as a power of two; else 0.', 0, 65_536),
        since: instant('When it said so.'),
      }),
      'What it said that it cannot run: it is not asked for the like until it stops and comes back, says hello with another profile, or a day has passed.',
      256,
    ),
  }),
)
/** What the scheduler has learned of a device. */
export type LearnedAbilities = Static<typeof LearnedAbilities>

/** Why a device gets nothing, or only one task at a time. */
export const DeviceProbation = component(
  'DeviceProbation',
  object(
    'The device failed 5 times in a row, of types that others had completed in the hour before: it gets nothing for 60 seconds, and then one task. Where that fails too, the pause doubles, up to an hour; where it completes, the device is trusted again.',
    {
      failures: count('Failures in a row.'),
      until: instant('It gets nothing before that, and one task at a time afterwards.'),
      pause_seconds: integer('How long this pause is.', 60, 3600),
    },
  ),
)
/** Why a device gets nothing, or only one task at a time. */
export type DeviceProbation = Static<typeof DeviceProbation>

/** A device as its detail shows it. */
export const DeviceDetail = component(
  'DeviceDetail',
  object('A device with all that is known of it.', {
    ...deviceFields,
    policy: nullable(
      described(OwnerPolicy, 'What its owner lets the cluster use of it; null where its worker tells none.'),
    ),
    detailed_info: DetailedInfo,
    performance_history: PerformanceHistory,
    probation: nullable(DeviceProbation),
    learned: LearnedAbilities,
    unclean_stops: list(
      UncleanStop,
      'The last ends of its worker that nobody asked for, the oldest first: killed by the system, a power cut. The device tells of them when it is back.',
      MOST_UNCLEAN_STOPS,
    ),
  }),
)
/** A device as its detail shows it. */
export type DeviceDetail = Static<typeof DeviceDetail>
