/** What a device tells of itself over its link: what it is, how it is doing, and what it offers to run. */
import { type Static, Type } from '@sinclair/typebox'
import { component, described, nullable, object } from './component.ts'
import { anyObject, gigabytes, id, integer, list, percentage, seconds, text } from './primitives.ts'
import { Battery, Platform } from './device.ts'
import { BatteryHealth, Benchmark, CoreKind } from './hardware.ts'
import { OwnerPolicy, Pause } from './policy.ts'

/** What a device is: told at every hello, and again where more of it has become known. */
export const DeviceProfile = component(
  'DeviceProfile',
  object('What the device is.', {
    hostname: text('Its host name.', 255),
    platform: Platform,
    cpu_cores: nullable(integer('Logical processors that the worker may use.', 1, 65_536)),
    memory_total_gb: nullable(gigabytes('Memory.')),
    model: nullable(text('Maker and model.', 256)),
    cpu_model: nullable(text('The processor.', 256)),
    capabilities: list(id('A capability.'), 'What tasks may require.', 1000),
    network_interfaces: list(text('A name.', 64), 'Network interfaces that are up.', 256),
    sensors: list(text('A name.', 128), 'Sensors.', 256),
    worker_version: text('Version of the worker.', 64),
    // Came later: an older worker does not tell them.
    cores: Type.Optional(nullable(list(CoreKind, 'Its cores by their kinds, the strongest first.', 8))),
    gpu: Type.Optional(nullable(text('The graphics processor.', 256))),
    battery_health: Type.Optional(nullable(BatteryHealth)),
    benchmark: Type.Optional(nullable(Benchmark)),
  }),
)
/** What a device is. */
export type DeviceProfile = Static<typeof DeviceProfile>

/** How a device is doing: told with every heartbeat. */
export const Telemetry = component(
  'Telemetry',
  object('How the device is doing. What it cannot tell is null.', {
    cpu_usage: nullable(percentage('Processor usage since the last one.')),
    memory_used_gb: nullable(gigabytes('Memory in use.')),
    storage_total_gb: nullable(gigabytes('Storage.')),
    storage_used_gb: nullable(gigabytes('Storage in use.')),
    network_rx_bytes_per_second: nullable(
      Type.Number({ minimum: 0, maximum: 1e15, description: 'Received, bytes per second.' }),
    ),
    network_tx_bytes_per_second: nullable(
      Type.Number({ minimum: 0, maximum: 1e15, description: 'Sent, bytes per second.' }),
    ),
    load_average_1m: nullable(Type.Number({ minimum: 0, maximum: 1e6, description: 'Load average over one minute.' })),
    temperature_celsius: nullable(
      Type.Number({ minimum: -100, maximum: 300, description: 'The hottest sensor, degrees Celsius.' }),
    ),
    battery: nullable(Battery),
    metered: nullable(Type.Boolean({ description: 'True on a metered network.' })),
    uptime_seconds: nullable(seconds('Uptime of the operating system.')),
    paused: Type.Optional(
      nullable(described(Pause, 'Why it takes nothing for now; null or absent where it takes tasks.')),
    ),
  }),
)
/** How a device is doing. */
export type Telemetry = Static<typeof Telemetry>

/** What the device offers to run. */
export const Offer = component(
  'Offer',
  object('What the device offers to run.', {
    slots: integer('Tasks at a time.', 1, 65_536),
    task_types: list(id('A type.'), 'The types that its owner allows.', 1000),
    allow: list(id('A permission.'), 'Permissions beside the types (`shell`, `lan`).', 64),
    custom_types: list(
      object('A type of the owner’s own.', {
        task_type: id('Its name.'),
        description: text('What it does.', 1024),
        payload_schema: anyObject('The JSON Schema of its payload.'),
      }),
      'Types of the owner’s own, with their schemas.',
      200,
    ),
    files: Type.Optional(
      Type.Boolean({ description: 'True where it takes tasks with files; absent on builds that know none.' }),
    ),
    policy: Type.Optional(described(OwnerPolicy, 'What its owner lets the cluster use of it, and when.')),
  }),
)
/** What the device offers to run. */
export type Offer = Static<typeof Offer>
