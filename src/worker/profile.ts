/** What the device is: read once at start, told at every hello. */
import { availableParallelism, hostname, networkInterfaces, totalmem } from 'node:os'
import type { DeviceProfile } from '../../schemas/device-profile.ts'
import { attemptToRead, type Roots, systemRoots } from './machine.ts'
import { readCapabilities } from './profile/capabilities.ts'
import { readCpuModel, readModel } from './profile/hardware.ts'
import { readPlatform } from './profile/platform.ts'
import { readBattery } from './telemetry/power.ts'
import { gigabytesOf } from './telemetry/units.ts'

/** Names of the interfaces that have an address, loopback aside. Android may forbid the question: then none. */
const interfaceNames = (): string[] =>
  Object.entries(attemptToRead(networkInterfaces) ?? {})
    .filter(([, addresses]) => addresses?.some(({ internal }) => !internal))
    .map(([name]) => name.slice(0, 64))
    .slice(0, 256)

/**
 * Reads the profile.
 * @param dataDir - the data directory; it must exist
 * @param version - the version of the worker
 * @param roots - where the kernel tells of the machine; given by tests
 */
export const readProfile = async ({
  dataDir,
  version,
  roots = systemRoots,
}: {
  readonly dataDir: string
  readonly version: string
  readonly roots?: Roots
}): Promise<DeviceProfile> => {
  const platform = await readPlatform(roots)
  const mobile = platform.os === 'android' || (await readBattery(roots)) !== null
  const [model, cpu_model, capabilities] = await Promise.all([
    readModel(roots, platform),
    readCpuModel(roots),
    readCapabilities({ dataDir, mobile }),
  ])
  return {
    hostname: hostname().slice(0, 255),
    platform,
    // Unlike os.cpus() it is never empty (Android), and it respects the processors that the worker may run on.
    cpu_cores: availableParallelism(),
    // What the device has. A cgroup's limit may bound the worker and not what it starts (systemd scopes, docker), changes
    // while the worker runs, and is not what the owner of the device knows it by.
    memory_total_gb: gigabytesOf(totalmem()),
    model: model?.slice(0, 256) ?? null,
    cpu_model: cpu_model?.slice(0, 256) ?? null,
    capabilities,
    network_interfaces: interfaceNames(),
    // Termux:API alone could tell; nothing of the worker's own can.
    sensors: [],
    worker_version: version,
  }
}
