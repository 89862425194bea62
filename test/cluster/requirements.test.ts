import t from 'tap'
import type { Demand } from '../../src/cluster/demand.ts'
import { couldEverRun, couldRun, explain, fits, unmetEver, unmetNow } from '../../src/cluster/requirements.ts'
import type { DeviceRecord } from '../../src/cluster/ports/records.ts'
import type { Requirements, Telemetry } from '../../schemas/index.ts'
import { deviceOf } from './records.ts'
import { helloOf, idle } from './world.ts'

const { profile } = helloOf()
const deviceWith = (telemetry: Partial<Telemetry> = {}): DeviceRecord =>
  deviceOf('d', {
    role: 'mobile',
    tags: ['lab', 'red'],
    profile: { ...profile, capabilities: ['ffmpeg', 'python3'] },
    telemetry: { ...idle, ...telemetry },
  })
const demand = (requirements: Requirements): Demand => ({
  task_type: 'echo',
  requested_device_id: null,
  requirements,
  permission: null,
  files: false,
  rejected_by: [],
  program: null,
  input_kib: 0,
})
const plugged = { battery: { level: 50, charging: true } }

const cases: readonly [Requirements, Partial<Telemetry>, boolean, boolean][] = [
  // requirements, telemetry, met now, could ever be met
  [{}, {}, true, true],
  [{ min_cpu_cores: 4 }, {}, true, true],
  [{ min_cpu_cores: 5 }, {}, false, false],
  [{ min_memory_gb: 8 }, {}, true, true],
  [{ min_memory_gb: 8.01 }, {}, false, false],
  [{ min_storage_gb: 48 }, {}, true, true],
  [{ min_storage_gb: 49 }, {}, false, true],
  [{ min_storage_gb: 1 }, { storage_used_gb: null }, false, true],
  [{ platform: 'linux' }, {}, true, true],
  [{ platform: 'android' }, {}, false, false],
  [{ arch: 'x86_64' }, {}, true, true],
  [{ arch: 'aarch64' }, {}, false, false],
  [{ role: 'mobile' }, {}, true, true],
  [{ role: 'compute' }, {}, false, false],
  [{ tags: ['lab', 'red'] }, {}, true, true],
  [{ tags: ['lab', 'blue'] }, {}, false, false],
  [{ capabilities: ['python3'] }, {}, true, true],
  [{ capabilities: ['python3', 'docker'] }, {}, false, false],
  [{ min_battery_percent: 100, charging: true }, { battery: null }, true, true],
  [{ min_battery_percent: 50 }, plugged, true, true],
  [{ min_battery_percent: 51 }, plugged, false, true],
  [{ min_battery_percent: 1 }, { battery: { level: null, charging: null } }, false, true],
  [{ charging: true }, plugged, true, true],
  [{ charging: false }, plugged, false, true],
  [{ not_metered: true }, { metered: true }, false, true],
  [{ not_metered: true }, { metered: null }, true, true],
  [{ not_metered: false }, { metered: true }, true, true],
]

void t.test('every requirement is checked, and what passes by itself makes no task impossible', (t) => {
  for (const [requirements, telemetry, now, ever] of cases) {
    const device = deviceWith(telemetry)
    const name = `${JSON.stringify(requirements)} on ${JSON.stringify(telemetry)}`
    t.equal(unmetNow(demand(requirements), device) === undefined, now, `now: ${name}`)
    t.equal(fits(demand(requirements), device), now, `fits: ${name}`)
    t.equal(unmetEver(demand(requirements), device).length === 0, ever, `ever: ${name}`)
    t.equal(couldEverRun(demand(requirements), device), ever, `could ever: ${name}`)
  }
  t.end()
})

void t.test('type, pin and rejection decide too, and each is explained', (t) => {
  const device = deviceWith()
  const command = { ...demand({}), task_type: 'command' }
  const [missing] = unmetEver(command, device)
  t.match(missing, { code: 'type_not_offered', requirement: 'task_type' })
  t.match(missing && explain(missing, 'd'), /--allow command/)
  t.match(unmetEver({ ...demand({}), requested_device_id: 'other' }, device), [{ code: 'not_requested' }])
  const rejected = { ...demand({}), rejected_by: ['d'] }
  t.match(unmetNow(rejected, device), { code: 'rejected', requirement: 'not_rejected' })
  t.equal(couldRun(rejected, device), false)
  const lack = { kind: 'task_type', name: 'echo', input_kib: 0, since_ms: 0 } as const
  const unable = { ...device, learned: { ...device.learned, lacks: [lack] } }
  t.match(unmetNow(demand({}), unable), { code: 'rejected' })
  const refusals: readonly [Demand, DeviceRecord][] = [
    [command, device],
    [{ ...demand({}), requested_device_id: 'other' }, device],
    [{ ...demand({}), permission: 'shell' }, device],
    [rejected, device],
    [demand({}), unable],
  ]
  for (const [asked, by] of refusals) {
    t.equal(fits(asked, by), false, 'what is tested agrees with what is said')
    t.equal(couldEverRun(asked, by), unmetEver(asked, by).length === 0, 'also of what lasts')
  }
  t.same(unmetEver(rejected, device), [], 'what a device says of itself may change')
  t.equal(
    explain({ code: 'requirement_unmet', requirement: 'min_cpu_cores', required: 8, available: 4 }, 'd'),
    'min_cpu_cores 8 is not met by d, which has 4',
  )
  t.end()
})

void t.test('a line for the shell needs a device whose owner allows the shell', (t) => {
  const shell: Demand = { ...demand({}), task_type: 'command', permission: 'shell' }
  const offering = (task_types: string[], allow: string[]) =>
    deviceOf('d', { offer: { slots: 1, task_types, allow, custom_types: [] } })
  t.equal(unmetNow(shell, offering(['command'], ['shell'])), undefined)
  t.equal(unmetNow({ ...shell, permission: null }, offering(['command'], [])), undefined)
  for (const [device, code] of [
    [offering(['command'], []), 'not_allowed'],
    [offering(['command', 'http_request'], ['lan']), 'not_allowed'],
    [offering(['echo'], []), 'type_not_offered'],
  ] as const) {
    const missing = unmetNow(shell, device)
    t.match(missing, { code })
    t.match(missing && explain(missing, 'd'), /--allow command,shell$/)
    t.equal(couldRun(shell, device), false)
  }
  t.end()
})
