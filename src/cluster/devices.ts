/** The operations on devices. */
import { type DeviceDetail, type PingRequest, type PingResults } from '../../schemas/index.ts'
import type { Cluster } from './cluster.ts'
import {
  approveDevice,
  changeDevices,
  type ChangeContext,
  findDevice,
  removeDevice,
  updateDevice,
} from './device-changes.ts'
import { createDeviceListing } from './device-listing.ts'
import type { History } from './history.ts'
import { toInstant } from './instants.ts'
import type { Clock } from './ports/clock.ts'
import type { Views } from './views.ts'

/** What the operations work with. */
export type DeviceContext = ChangeContext & {
  readonly history: History
  readonly views: Views
  readonly clock: Clock
}

const DEFAULT_PING = { timeout: 5, count: 3 }

/** The operations. */
export const createDeviceOperations = (context: DeviceContext): Cluster['devices'] => {
  const { state, fleet, work, history, views, clock } = context

  const list = createDeviceListing(context)

  const detail = async (device_id: string): Promise<DeviceDetail> => {
    const seen = await work.read(() => {
      const record = findDevice(state, device_id)
      return {
        view: views.device(record),
        record: fleet.current(record),
        address: fleet.of(device_id).link?.address ?? null,
      }
    })
    const { profile, telemetry, learned, offer, unclean_stops } = seen.record
    const { programs, lacks, failures, probation } = learned
    return {
      ...seen.view,
      policy: offer.policy ?? null,
      probation: probation && {
        failures,
        until: toInstant(probation.until_ms),
        pause_seconds: probation.seconds,
      },
      learned: {
        programs: [...programs],
        lacks: lacks.map(({ kind, name, input_kib, since_ms }) => ({
          kind,
          name,
          input_kib,
          since: toInstant(since_ms),
        })),
      },
      unclean_stops: [...unclean_stops],
      detailed_info: {
        capabilities: profile.capabilities,
        network_interfaces: profile.network_interfaces,
        sensors: profile.sensors,
        battery: telemetry.battery,
        model: profile.model,
        cpu_model: profile.cpu_model,
        cores: profile.cores ?? null,
        gpu: profile.gpu ?? null,
        battery_health: profile.battery_health ?? null,
        benchmark: profile.benchmark ?? null,
        temperature_celsius: telemetry.temperature_celsius,
        network_rx_bytes_per_second: telemetry.network_rx_bytes_per_second,
        network_tx_bytes_per_second: telemetry.network_tx_bytes_per_second,
        load_average_1m: telemetry.load_average_1m,
        metered: telemetry.metered,
        worker_version: profile.worker_version,
        address: seen.address,
      },
      performance_history: await history.lastDay(device_id),
    }
  }

  const ping = async (device_id: string, request: PingRequest): Promise<PingResults> => {
    const { timeout, count } = { ...DEFAULT_PING, ...request }
    const link = await work.read(() => fleet.of(findDevice(state, device_id).id).link)
    const results: PingResults['results'] = []
    for (let seq = 1; seq <= count; seq += 1) {
      const began = clock.monotonic()
      const time_ms =
        link === null
          ? null
          : await link.request('device.ping', {}, timeout * 1000).then(
              () => Math.round((clock.monotonic() - began) * 1000) / 1000,
              // No answer in time, or the connection closed: the figure for that is null.
              () => null,
            )
      results.push({ seq, time_ms })
    }
    const times = results.map(({ time_ms }) => time_ms).filter((time) => time !== null)
    return {
      device_id,
      reachable: times.length > 0,
      average_latency_ms:
        times.length === 0
          ? null
          : Math.round((times.reduce((sum, time) => sum + time, 0) / times.length) * 1000) / 1000,
      packet_loss: Math.round(((count - times.length) / count) * 1000) / 10,
      results,
    }
  }

  return {
    list: (query) => work.read(() => list(query)),
    get: ({ device_id }) => detail(device_id),
    ping: ({ device_id, ...request }) => ping(device_id, request),
    update: async ({ device_id, patch }) => {
      await updateDevice(context, device_id, patch)
      return detail(device_id)
    },
    approve: async ({ device_id }) => {
      await approveDevice(context, device_id)
      return detail(device_id)
    },
    batch: (batch) => changeDevices(context, batch),
    remove: ({ device_id, force }) => removeDevice(context, device_id, force),
  }
}
