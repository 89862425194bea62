import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Machine } from '../../src/worker/machine.ts'
import { armCores } from '../../src/worker/profile/arm.ts'
import { readBatteryHealth } from '../../src/worker/profile/battery-health.ts'
import { readCores } from '../../src/worker/profile/cores.ts'
import { readGpu } from '../../src/worker/profile/gpu.ts'
import { readModel } from '../../src/worker/profile/hardware.ts'
import { readSlowFacts } from '../../src/worker/profile/slow-facts.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { fixture } from './fixture.ts'
import { type Owner, temporaryDirectory } from './world.ts'

/** A machine whose kernel shows these files and no other. */
const showing = (t: Owner, files: Readonly<Record<string, string>>): Machine => {
  const root = temporaryDirectory(t)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return { ...fixture('pi-64'), sysRoot: join(root, 'sys'), procRoot: join(root, 'proc') }
}

const core = (number: number, file: 'cpu_capacity' | 'cpufreq/cpuinfo_max_freq', figure: number) => ({
  [`sys/devices/system/cpu/cpu${number}/${file}`]: `${figure}\n`,
})

const processors: readonly [what: string, files: Record<string, string>, cores: unknown][] = [
  [
    'three kinds',
    {
      ...core(0, 'cpu_capacity', 250),
      ...core(1, 'cpu_capacity', 870),
      ...core(2, 'cpu_capacity', 1024),
      ...core(2, 'cpufreq/cpuinfo_max_freq', 2_841_600),
    },
    [
      { kind: 'big', count: 1, max_mhz: 2842 },
      { kind: 'medium', count: 1, max_mhz: null },
      { kind: 'little', count: 1, max_mhz: null },
    ],
  ],
  [
    'cores of which one is switched off and tells nothing',
    {
      ...core(0, 'cpufreq/cpuinfo_max_freq', 1_400_000),
      ...core(1, 'cpufreq/cpuinfo_max_freq', 1_400_000),
      'sys/devices/system/cpu/cpu2/online': '0',
      'sys/devices/system/cpu/cpufreq/policy0/scaling_governor': 'schedutil',
    },
    [{ kind: 'uniform', count: 2, max_mhz: 1400 }],
  ],
  ['a virtual machine, which tells neither', { 'sys/devices/system/cpu/cpu0/topology/core_id': '0' }, null],
]

for (const [what, files, cores] of processors)
  void t.test(`cores by their kinds: ${what}`, async (t) => {
    t.strictSame(await readCores(showing(t, files)), cores)
  })

const graphics: readonly [files: Record<string, string>, gpu: string | null][] = [
  [{ 'sys/class/kgsl/kgsl-3d0/gpubusy': '0 0' }, 'Adreno'],
  [{ 'sys/class/misc/mali0/device/gpuinfo': 'Mali-G72 18 cores r0p3 0x6221\n' }, 'Mali-G72'],
  [{ 'sys/class/misc/mali0/device/uevent': 'DRIVER=mali' }, 'Mali'],
  [
    {
      'sys/class/drm/card0/device/uevent': 'DRIVER=i915\nPCI_ID=8086:0412\n',
      'sys/class/drm/card1/device/uevent': 'DRIVER=nvidia\nPCI_ID=10DE:0FE4\n',
      'proc/driver/nvidia/gpus/0000-01/information': 'Model: \t\t GeForce GT 750M\nIRQ:   \t\t 16\n',
    },
    'Intel 0412, NVIDIA GeForce GT 750M',
  ],
  [{ 'sys/class/drm/card0/device/uevent': 'DRIVER=nouveau\nPCI_ID=10DE:0FE4\n' }, 'NVIDIA 0fe4'],
  [{ 'sys/class/drm/card0/device/uevent': 'DRIVER=bochs-drm\nPCI_ID=1234:1111\n' }, null],
  [{ 'proc/device-tree/gpu@fde60000/compatible': 'rockchip,rk3568-mali\0arm,mali-bifrost\0' }, 'Mali'],
  [{ 'proc/device-tree/soc/v3d@7ec00000/compatible': 'brcm,2711-v3d\0' }, 'VideoCore VI'],
  [{}, null],
]

for (const [files, gpu] of graphics)
  void t.test(`${Object.keys(files)[0] ?? 'nothing'} tells of ${gpu ?? 'no graphics'}`, async (t) => {
    t.equal(await readGpu(showing(t, files)), gpu)
  })

const battery = (fields: Readonly<Record<string, string | number>>) => {
  const files: Record<string, string> = { 'sys/class/power_supply/BAT/type': 'Battery' }
  for (const [file, content] of Object.entries(fields)) files[`sys/class/power_supply/BAT/${file}`] = `${content}\n`
  return files
}

const batteries: readonly [what: string, files: Record<string, string>, health: unknown][] = [
  [
    'a worn one',
    battery({ health: 'Dead', charge_full: 900_000, charge_full_design: 3_000_000, cycle_count: 1400 }),
    { health: 'Dead', capacity_percent: 30, cycles: 1400 },
  ],
  [
    'one that holds more than it was made for',
    battery({ energy_full: 51_000_000, energy_full_design: 50_000_000 }),
    { health: null, capacity_percent: 100, cycles: null },
  ],
  ['one that tells nothing of it', battery({ health: 'Unknown', cycle_count: 0, charge_full: 1000 }), null],
  ['one of a mouse', battery({ health: 'Good', scope: 'Device' }), null],
]

for (const [what, files, health] of batteries)
  void t.test(`the health of a battery: ${what}`, async (t) => {
    t.strictSame(await readBatteryHealth(showing(t, files)), health)
  })

void t.test('ARM cores are named by their numbers, and those of others are not', (t) => {
  const info = (implementer: string, ...parts: string[]) =>
    parts.map((part) => `CPU implementer\t: ${implementer}\nCPU part\t: ${part}\n`).join('\n')
  t.equal(armCores(info('0x41', '0xd05', '0xd05', '0xd0b')), 'Cortex-A55, Cortex-A76')
  t.equal(armCores(info('0x41', '0xfff')), undefined)
  t.equal(armCores(info('0x51', '0xd05')), undefined)
  t.end()
})

void t.test('the registry of Windows tells maker, model and graphics', async (t) => {
  const listing =
    '\r\n    SystemManufacturer    REG_SZ    Dell Inc.\r\n    SystemProductName    REG_SZ    Latitude E6440\r\n    DriverDesc    REG_SZ    Intel(R) HD Graphics 4600\r\n'
  const machine = { ...fixture('macbook'), platform: 'win32' as const, ask: () => Promise.resolve(listing) }
  t.equal(await readModel(machine, { os: 'win32' }), 'Dell Inc. Latitude E6440')
  const profile = await readProfile({ dataDir: 'nowhere', version: '1.2.3', machine })
  t.match(await readSlowFacts(machine, profile), { gpu: 'Intel(R) HD Graphics 4600' })
})

void t.test('a phone without Termux:API, or with one that only complains, tells nothing', async (t) => {
  const phone = fixture('android-13')
  const profile = await readProfile({ dataDir: 'nowhere', version: '1.2.3', machine: phone })
  for (const answer of [null, 'Please install the Termux:API app', '[]', '{"sensors":"all","health":5}'])
    t.strictSame(await readSlowFacts({ ...phone, ask: () => Promise.resolve(answer) }, profile), {})
})
