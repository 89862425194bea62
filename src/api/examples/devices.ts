/** Examples of devices: an old phone, as it tells of itself. */
import type {
  Device,
  DeviceBatch,
  DeviceBatchOutcome,
  DeviceDetail,
  DeviceList,
  DevicePatch,
  DeviceRemoval,
  PingRequest,
  PingResults,
} from '../../../schemas/index.ts'

/** A phone. */
export const device: Device = {
  id: 'android-001',
  hostname: 'pixel-phone',
  display_name: 'The cracked Pixel',
  status: 'online',
  role: 'mobile',
  tags: ['kitchen'],
  platform: {
    os: 'android',
    os_version: '13',
    arch: 'aarch64',
    python_version: '3.11.0',
    node_version: '24.21.0',
  },
  resources: {
    cpu_cores: 8,
    cpu_usage: 42.5,
    memory_total_gb: 8,
    memory_used_gb: 3.2,
    storage_total_gb: 128,
    storage_used_gb: 45.6,
  },
  tasks: { active: 2, completed: 15, failed: 0 },
  slots: { total: 8, free: 6 },
  schedulable: true,
  paused: null,
  task_types: ['echo', 'sleep', 'system_info', 'command'],
  last_seen: '2026-11-24T12:00:00.000Z',
  registered_at: '2026-11-23T09:30:00.000Z',
  uptime_seconds: 86_400,
}

/** A day of figures, one for each hour. */
const day = (hours: readonly number[]): number[] =>
  Array.from({ length: 24 }, (_, hour) => hours[hour % hours.length] ?? 0)

/** A phone with all that is known of it. */
export const deviceDetail: DeviceDetail = {
  ...device,
  slots: { total: 4, free: 2 },
  policy: {
    only_charging: false,
    min_battery_percent: 30,
    max_temperature_celsius: 42,
    max_cpu_percent: 50,
    max_memory_gb: 2,
    hours: '22:00-07:00',
    pause_when_used: false,
  },
  detailed_info: {
    capabilities: ['computational', 'network_services', 'python3'],
    network_interfaces: ['wlan0'],
    sensors: ['accelerometer', 'gyroscope'],
    battery: { level: 85, charging: false, temperature_celsius: 31.5 },
    model: 'Google Pixel 4a',
    cpu_model: 'Qualcomm Snapdragon 730G',
    cores: [
      { kind: 'big', count: 2, max_mhz: 2208 },
      { kind: 'little', count: 6, max_mhz: 1804 },
    ],
    gpu: 'Adreno 618',
    battery_health: { health: 'Good', capacity_percent: 87.5, cycles: 412 },
    benchmark: { operations_per_second: 21_500, measured_at: '2026-11-23T09:30:12.000Z' },
    temperature_celsius: 34.5,
    network_rx_bytes_per_second: 1280,
    network_tx_bytes_per_second: 640,
    load_average_1m: 1.52,
    metered: false,
    worker_version: '0.1.0',
    address: '192.168.1.42',
  },
  performance_history: {
    cpu_usage_24h: day([45, 52, 38, 41]),
    memory_usage_24h: day([38, 42, 35, 40]),
    task_count_24h: day([2, 3, 1, 2]),
  },
  probation: null,
  learned: {
    programs: ['ffmpeg'],
    lacks: [{ kind: 'program', name: 'convert', input_kib: 0, since: '2026-11-24T11:30:00.000Z' }],
  },
  unclean_stops: [
    {
      kind: 'killed',
      started_at: '2026-11-23T21:00:00.000Z',
      last_alive_at: '2026-11-24T03:12:40.000Z',
      message: 'Android ended the worker, most likely by its phantom-process killer or to save battery.',
      reported_at: '2026-11-24T07:05:12.000Z',
    },
  ],
}

/** A page with one device. */
export const deviceList: DeviceList = {
  devices: [device],
  total: 5,
  online: 4,
  offline: 1,
  pending_approval: 0,
  next_cursor: null,
}

/** Three pings, five seconds each. */
export const pingRequest: PingRequest = { timeout: 5, count: 3 }

/** A phone that answered all of them. */
export const pingResults: PingResults = {
  device_id: 'android-001',
  reachable: true,
  average_latency_ms: 15.2,
  packet_loss: 0,
  results: [
    { seq: 1, time_ms: 14.8 },
    { seq: 2, time_ms: 15.1 },
    { seq: 3, time_ms: 15.7 },
  ],
}

/** A phone that was removed with its work. */
export const deviceRemoval: DeviceRemoval = { removed_device: 'android-001', cancelled_tasks: 2 }

/** Drain it, and say why in its name. */
export const devicePatch = {
  display_name: 'The cracked Pixel (battery swap)',
  schedulable: false,
} satisfies DevicePatch

/** Drain a whole shelf. */
export const deviceBatch: DeviceBatch = {
  device_ids: ['android-001', 'invalid-device'],
  set: { schedulable: false },
}

/** One of them is not there. */
export const deviceBatchOutcome: DeviceBatchOutcome = {
  outcomes: [
    { device_id: 'android-001', ok: true, code: null },
    { device_id: 'invalid-device', ok: false, code: 'DEVICE_NOT_FOUND' },
  ],
  changed: 1,
}
