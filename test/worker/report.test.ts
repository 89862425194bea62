import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { readTraits } from '../../src/worker/binding.ts'
import { thisMachine, type Machine } from '../../src/worker/machine.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { record } from '../../src/worker/report/record.ts'
import { redact } from '../../src/worker/report/redact.ts'
import { tarOf } from '../../src/worker/report/tar.ts'
import { createTelemetry } from '../../src/worker/telemetry.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { machineIn } from './recorded.ts'
import { untar } from '../archive/untar.ts'
import { fixture, type Owner, temporaryDirectory } from './world.ts'

/** What must not be in a report. */
const SECRETS = [
  '8f3a2b1c9d4e5f60718293a4b5c6d7e8',
  '10000000deadbeef',
  '3c:22:fb:12:34:56',
  '3c22fb123456',
  'a1:b2:c3:d4:e5:f6',
  '192.168.7.23',
  '0107A8C0',
  'fd12:3456:789a::23',
  'annas-laptop',
  'anna',
  'PF0SERIAL77',
  '5d1c0de5-0000-4000-8000-1234567890ab',
  'org.example.secretapp',
] as const

const [MACHINE_ID, SERIAL, MAC, MAC_DIGITS, MOUSE, ADDRESS, GATEWAY, IPV6, HOST, USER, BATTERY, BOOT, APP] = SECRETS

/** A machine with a secret in each place that tells one. */
const owned = (t: Owner, name: 'laptop' | 'phone', programs: Readonly<Record<string, string>>): Machine => {
  const root = temporaryDirectory(t)
  const original = fixture(name)
  cpSync(dirname(original.sysRoot), root, { recursive: true })
  const plant = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const card = `sys/class/net/enx${MAC_DIGITS}`
  const mouse = `sys/class/power_supply/hid-${MOUSE}-battery`
  plant('etc/machine-id', `${MACHINE_ID}\n`)
  plant('etc/systemd/logind.conf', `# ${USER} on ${HOST}\nHandleLidSwitch=ignore\n`)
  plant('proc/device-tree/serial-number', `${SERIAL}\0`)
  plant('proc/sys/kernel/random/boot_id', `${BOOT}\n`)
  plant('proc/net/route', `Iface\tDestination\tGateway\tFlags\nenx${MAC_DIGITS}\t00000000\t${GATEWAY}\t0003\n`)
  plant('proc/net/dev', `  enx${MAC_DIGITS}: 5000 1 0 0 0 0 0 0 7000 1 0 0 0 0 0 0\n`)
  plant('sys/class/dmi/id/chassis_type', '10\n')
  plant('sys/class/power_supply/BAT0/serial_number', `${BATTERY}\n`)
  plant(`${card}/address`, `${MAC}\n`)
  plant(`${card}/addr_assign_type`, '0\n')
  plant(`${card}/device/vendor`, '0x8086\n')
  plant(`${mouse}/type`, 'Battery\n')
  plant(`${mouse}/scope`, 'Device\n')
  writeFileSync(
    join(root, 'proc/cpuinfo'),
    `${readFileSync(join(root, 'proc/cpuinfo'), 'utf8')}\nSerial\t\t: ${SERIAL}\n`,
  )
  const interfaceOf = (address: string, family: 'IPv4' | 'IPv6') => ({
    address,
    family,
    netmask: '',
    mac: MAC,
    internal: false,
    cidr: `${address}/24`,
    scopeid: 0,
  })
  return {
    ...original,
    sysRoot: join(root, 'sys'),
    procRoot: join(root, 'proc'),
    etcRoot: join(root, 'etc'),
    androidRoot: join(root, 'system'),
    system: {
      ...os,
      hostname: () => HOST,
      networkInterfaces: () => ({ [`enx${MAC_DIGITS}`]: [interfaceOf(ADDRESS, 'IPv4'), interfaceOf(IPV6, 'IPv6')] }),
      freemem: () => 2 ** 30,
      loadavg: () => [0.5, 0.5, 0.5],
      uptime: () => 3600,
      cpus: () => [],
    },
    ask: (program, args) => {
      const line = [program, ...args].join(' ')
      return Promise.resolve(programs[line] ?? programs[program] ?? null)
    },
  }
}

/** The machine as its report shows it, and the whole text of the report. */
const reported = async (t: Owner, machine: Machine) => {
  const report = redact(await record(machine, temporaryDirectory(t)), { hostname: HOST, user: USER })
  const files = new Map(report.files).set('machine.json', JSON.stringify(report.told))
  const archive = tarOf(files)
  const directory = temporaryDirectory(t)
  untar(archive, directory)
  return { copy: machineIn(directory), text: archive.toString('latin1'), directory }
}

const read = async (machine: Machine) => {
  const clock = fakeClock()
  const profile = await readProfile({ dataDir: 'nowhere', version: '1.2.3', machine })
  const sampler = createTelemetry({ dataDir: 'nowhere', clock, machine })
  return { profile, telemetry: await sampler.sample(), traits: await readTraits(machine) }
}

/** A machine whose disk is that of the report. */
const onSameDisk = async (machine: Machine, copy: Machine): Promise<Machine> => {
  const statfs = await copy.statfs('')
  return { ...machine, statfs: () => Promise.resolve(statfs) }
}

void t.test('a laptop is read from its report as from itself, and no secret is in it', async (t) => {
  const machine = owned(t, 'laptop', {
    python3: `/home/${USER}/.pyenv/bin/python3\n3.11.2`,
    [`nmcli -g GENERAL.METERED device show enx${MAC_DIGITS}`]: 'no (guessed)',
  })
  const { copy, text, directory } = await reported(t, machine)
  const original = await read(await onSameDisk(machine, copy))
  const again = await read(copy)
  t.strictSame(again.profile, {
    ...original.profile,
    hostname: 'redacted-host',
    network_interfaces: again.profile.network_interfaces,
  })
  // Which address gets which number depends on which file was read first.
  t.match(again.profile.network_interfaces, [/^enx00005e0053\d\d$/])
  t.strictSame(again.telemetry, original.telemetry)
  t.match(original.telemetry, { battery: { level: 83.5, charging: false }, temperature_celsius: 61 })
  const [, ...addresses] = original.traits.hardware
  t.match(again.traits, { system: 'redacted', hardware: ['redacted', ...addresses.map(() => /^00:00:5e:00:53:\d\d$/)] })
  t.equal(new Set(again.traits.hardware).size, original.traits.hardware.length, 'each is another one still')
  for (const secret of SECRETS) t.notOk(text.toLowerCase().includes(secret.toLowerCase()), secret)
  const supplies = readdirSync(join(directory, 'sys/class/power_supply'))
  t.ok(supplies.some((name) => /^hid-00:00:5e:00:53:\d\d-battery$/.test(name)))
})

void t.test(
  'of a phone the properties are kept that are asked for, and of programs what the worker looks for',
  async (t) => {
    const machine = owned(t, 'phone', {
      'getprop ro.product.manufacturer': 'Xiaomi',
      'getprop ro.product.model': 'Mi 9',
      'getprop ro.build.version.release': '13',
      'getprop ro.build.version.sdk': '33',
      'dumpsys deviceidle whitelist': `user,${APP},10200\nuser,com.termux,10123`,
    })
    writeFileSync(join(machine.androidRoot, 'build.prop'), `ro.serialno=${BATTERY}\nro.product.model=Mi 9\n`)
    const { copy, text } = await reported(t, machine)
    const original = await read(await onSameDisk(machine, copy))
    const again = await read(copy)
    t.match(again.profile, { model: 'Xiaomi Mi 9', platform: { os: 'android', os_version: '13' } })
    t.strictSame(again.telemetry, original.telemetry)
    t.match(original.telemetry, { battery: { level: 85, charging: true } })
    t.equal(await copy.ask('dumpsys', ['deviceidle', 'whitelist']), 'user,com.termux,10123')
    for (const secret of SECRETS) t.notOk(text.toLowerCase().includes(secret.toLowerCase()), secret)
  },
)

void t.test('a phone that keeps its properties from files is Android in its report too', async (t) => {
  const machine = owned(t, 'phone', { 'getprop ro.product.model': 'Mi 9' })
  const { directory } = await reported(t, {
    ...machine,
    androidRoot: join(machine.androidRoot, 'closed'),
    env: { TERMUX_VERSION: '0.118' },
  })
  t.equal(readFileSync(join(directory, 'system/build.prop'), 'utf8'), 'ro.product.model=Mi 9\n')
})

void t.test('what was not read is not in a report: this machine', async (t) => {
  const { files } = await record(thisMachine, temporaryDirectory(t))
  for (const place of files.keys()) t.match(place, /^(sys|proc|etc|system)\//)
  t.notOk(files.has('etc/passwd'))
})
