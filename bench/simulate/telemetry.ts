/** What played devices tell: figures that change from heartbeat to heartbeat, as those of real ones do. */
import type { HelloParams } from '../../schemas/link.ts'
import type { Telemetry } from '../../schemas/device-profile.ts'

/** The telemetry of the n-th device at its b-th heartbeat: the same in every run. */
export const telemetryOf = (n: number, beat: number): Telemetry => ({
  cpu_usage: ((n * 13 + beat * 7) % 1000) / 10,
  memory_used_gb: 1 + ((n + beat) % 200) / 100,
  storage_total_gb: 32,
  storage_used_gb: 8 + (n % 16),
  network_rx_bytes_per_second: (beat * 1021 + n) % 1_000_000,
  network_tx_bytes_per_second: (beat * 509 + n) % 500_000,
  load_average_1m: ((n + beat) % 400) / 100,
  temperature_celsius: 25 + ((n + beat) % 15),
  battery: { level: 50 + ((n + beat) % 50), charging: true },
  metered: false,
  uptime_seconds: 3600 + beat * 10,
})

/** What the n-th device is. */
export const profileOf = (n: number): HelloParams['profile'] => ({
  hostname: `device-${n}`,
  platform: { os: 'android', os_version: '11', arch: 'aarch64', python_version: null, node_version: '24.21.0' },
  cpu_cores: 8,
  memory_total_gb: 4,
  model: 'a phone of the bench',
  cpu_model: 'Cortex-A53',
  capabilities: ['computational'],
  network_interfaces: ['wlan0'],
  sensors: ['battery'],
  worker_version: '0.1.0',
})
