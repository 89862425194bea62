import { availableParallelism, machine, totalmem } from 'node:os'
import t from 'tap'
import { DeviceProfile } from '../../schemas/device-profile.ts'
import { problemOf } from '../../src/link/checks.ts'
import { thisMachine } from '../../src/worker/machine.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { findPrograms } from '../../src/worker/profile/capabilities.ts'
import { readCpuModel, readModel } from '../../src/worker/profile/hardware.ts'
import { isAndroid, readPlatform } from '../../src/worker/profile/platform.ts'
import { fixture, temporaryDirectory } from './world.ts'
import { dirname } from 'node:path'

void t.test('the profile of this machine meets its schema and tells what Node knows', async (t) => {
  const profile = await readProfile({ dataDir: temporaryDirectory(t), version: '1.2.3', machine: thisMachine })
  t.equal(problemOf(DeviceProfile, profile), undefined)
  t.match(profile, {
    cpu_cores: availableParallelism(),
    memory_total_gb: Number((totalmem() / 2 ** 30).toFixed(2)),
    worker_version: '1.2.3',
    platform: { arch: machine(), node_version: process.versions.node },
  })
  t.ok(profile.capabilities.includes('computational'))
})

void t.test('a phone is recognised, and tells of itself by its properties', async (t) => {
  const machine = fixture('phone')
  t.equal(await isAndroid(machine), true)
  t.equal(await readModel(machine, { os: 'android' }), 'Google Pixel 3a')
  t.equal(await readCpuModel(machine), 'Qualcomm Technologies, Inc SDM670')
})

void t.test('Termux is Android too, and a PC is not', async (t) => {
  t.equal(await isAndroid({ ...fixture('pi'), env: { TERMUX_VERSION: '0.118' } }), true)
  t.equal(await isAndroid({ ...fixture('pi'), platform: 'android' }), true)
  t.equal(await isAndroid(fixture('pi')), false)
  t.equal(await isAndroid({ ...fixture('phone'), platform: 'darwin' }), false)
})

void t.test('a Raspberry Pi tells its model by its device tree', async (t) => {
  const machine = fixture('pi')
  t.equal(await readModel(machine, { os: 'linux' }), 'Raspberry Pi 3 Model B Plus Rev 1.3')
  t.equal(await readCpuModel(machine), 'ARMv7 Processor rev 4 (v7l)')
})

void t.test('a laptop tells its maker and model by DMI', async (t) => {
  const machine = fixture('laptop')
  t.equal(await readModel(machine, { os: 'linux' }), 'LENOVO 20ARS1BD00')
  t.equal(await readCpuModel(machine), 'Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz')
})

void t.test('the distribution is the version of a Linux', async (t) => {
  t.equal((await readPlatform(fixture('laptop'))).os_version, 'Fedora Linux 41 (Workstation Edition)')
  t.equal((await readPlatform(fixture('pi'))).os_version, 'Raspbian GNU/Linux 12 (bookworm)')
})

void t.test('programs are found where the search path has them, and nowhere else', async (t) => {
  t.ok(
    (await findPrograms({ ...thisMachine, env: { ...process.env, PATH: dirname(process.execPath) } })).includes('node'),
  )
  t.strictSame(await findPrograms({ ...thisMachine, env: { PATH: temporaryDirectory(t) } }), [])
})
