/** What the device is: read once at start, told at every hello. What takes its time is told later (profile/slow-facts.ts). */
import type { DeviceProfile } from '../../schemas/device-profile.ts'
import { attemptToRead, hasKernelFiles, type Machine } from './machine.ts'
import { readBatteryHealth } from './profile/battery-health.ts'
import { readCapabilities } from './profile/capabilities.ts'
import { readCores } from './profile/cores.ts'
import { readGpu } from './profile/gpu.ts'
import { readCpuModel, readModel } from './profile/hardware.ts'
import { readPlatform } from './profile/platform.ts'
import { readBattery } from './telemetry/power.ts'
import { gigabytesOf } from './telemetry/units.ts'

/** Names of the interfaces that have an address, loopback aside. Android may forbid the question: then none. */
const interfaceNames = ({ system }: Machine): string[] =>
  Object.entries(attemptToRead(system.networkInterfaces) ?? {})
    .filter(([, addresses]) => addresses?.some(({ internal }) => !internal))
    .map(([name]) => name.slice(0, 64))
    .slice(0, 256)

const hasBattery = async (machine: Machine): Promise<boolean> =>
  hasKernelFiles(machine)
    ? (await readBattery(machine)) !== null
    : (await (await machine.systeminformation()).battery()).hasBattery

/**
 * Reads the profile.
 * @param dataDir - the data directory; it must exist
 * @param version - the version of the worker
 */
export const readProfile = async ({
  dataDir,
  version,
  machine,
}: {
  readonly dataDir: string
  readonly version: string
  readonly machine: Machine
}): Promise<DeviceProfile> => {
  const platform = await readPlatform(machine)
  const mobile = platform.os === 'android' || (await hasBattery(machine))
  const [model, cpu_model, capabilities, cores, gpu, battery_health] = await Promise.all([
    readModel(machine, platform),
    readCpuModel(machine),
    readCapabilities(machine, { dataDir, mobile }),
    readCores(machine),
    readGpu(machine),
    readBatteryHealth(machine),
  ])
  return {
    hostname: machine.system.hostname().slice(0, 255),
    platform,
    // Unlike os.cpus() it is never empty (Android), and it respects the processors that the worker may run on.
    cpu_cores: machine.system.availableParallelism(),
    // What the device has. A cgroup's limit may bound the worker and not what it starts (systemd scopes, docker), changes
    // while the worker runs, and is not what the owner of the device knows it by.
    memory_total_gb: gigabytesOf(machine.system.totalmem()),
    model: model?.slice(0, 256) ?? null,
    cpu_model: cpu_model?.slice(0, 256) ?? null,
    cores,
    gpu,
    battery_health,
    capabilities,
    network_interfaces: interfaceNames(machine),
    sensors: [],
    worker_version: version,
  }
}
