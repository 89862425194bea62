import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { UncleanStopReport } from '../../schemas/link.ts'
import { checkMachine } from '../../src/worker/checkup.ts'
import { checkBackground, makersCure } from '../../src/worker/checkup/background.ts'
import { checkBattery } from '../../src/worker/checkup/battery.ts'
import { checkMetered } from '../../src/worker/checkup/metered.ts'
import { checkPermissions } from '../../src/worker/checkup/permissions.ts'
import { checkPowerSupply } from '../../src/worker/checkup/power-supply.ts'
import { checkRuntime } from '../../src/worker/checkup/runtime.ts'
import { checkSleep } from '../../src/worker/checkup/sleep.ts'
import { checkStops } from '../../src/worker/checkup/stops.ts'
import type { Machine } from '../../src/worker/machine.ts'
import { fixture, type Owner, temporaryDirectory } from './world.ts'

type FixtureName = Parameters<typeof fixture>[0]

/** What the programs of a machine print, by their command lines. */
type Said = Readonly<Record<string, string>>

/** A copy of a fixture machine with other files, up for an hour, whose programs say what the test wants. */
const machineOf = (
  t: Owner,
  name: FixtureName,
  { files = {}, said = {} }: { files?: Readonly<Record<string, string>>; said?: Said } = {},
): Machine => {
  const root = temporaryDirectory(t)
  const original = fixture(name)
  cpSync(dirname(original.sysRoot), root, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return {
    ...original,
    sysRoot: join(root, 'sys'),
    procRoot: join(root, 'proc'),
    etcRoot: join(root, 'etc'),
    androidRoot: join(root, 'system'),
    system: { ...os, uptime: () => 3600 },
    ask: (program, args) => Promise.resolve(said[[program, ...args].join(' ')] ?? null),
  }
}

/** The machine has not slept since it was started. */
const AWAKE = 3600

const states = (findings: readonly { readonly state: string }[]) => findings.map(({ state }) => state)

void t.test('a Node for a 32-bit system is warned of', (t) => {
  t.match(checkRuntime({ version: '24.1.0', arch: 'arm64' }), { state: 'ok', fix: null })
  t.match(checkRuntime({ version: '22.16.0', arch: 'arm' }), { state: 'warning', fix: /64-bit system/ })
  t.end()
})

void t.test('a battery: well, low, warm, worn, or not to be used any more', async (t) => {
  const supply = 'sys/class/power_supply/battery'
  t.match(await checkBattery(machineOf(t, 'phone')), [
    { state: 'ok', saw: 'Charge 85 %, plugged in; 33.5 °C; health Good; holds 90 % of what it did when new.' },
  ])
  t.strictSame(await checkBattery(machineOf(t, 'pi')), [], 'there is none')
  const dead = machineOf(t, 'phone', { files: { [`${supply}/health`]: 'Dead\n' } })
  t.match(await checkBattery(dead), [{ state: 'failure', fix: /swollen/ }])
  const aged = machineOf(t, 'phone', {
    files: {
      [`${supply}/temp`]: '467\n',
      [`${supply}/capacity`]: '9\n',
      [`${supply}/status`]: 'Discharging\n',
      [`${supply}/charge_full`]: '1500000\n',
      [`${supply}/charge_full_design`]: '3000000\n',
      'sys/class/power_supply/usb/online': '0\n',
    },
  })
  const findings = await checkBattery(aged)
  t.equal(findings[0]?.saw, 'Charge 9 %, off the plug; 46.7 °C; health Good; holds 50 % of what it did when new.')
  t.match(findings, [{ fix: /Cool the device/ }, { fix: 'Plug the device in.' }, { fix: /worn out/ }])
})

void t.test('a Raspberry Pi tells by a file or by its firmware that its voltage was too low', async (t) => {
  const file = 'sys/devices/platform/soc/soc:firmware/get_throttled'
  const weak = machineOf(t, 'pi', { files: { [file]: '50005\n' } })
  t.match(await checkPowerSupply(weak), [
    { state: 'warning', saw: 'The voltage is too low now.' },
    { saw: 'The processor is slowed down now.' },
  ])
  const before = machineOf(t, 'pi', { said: { 'vcgencmd get_throttled': 'throttled=0x10000' } })
  t.match(await checkPowerSupply(before), [{ saw: 'The voltage was too low since the device was started.' }])
  const well = machineOf(t, 'pi', { said: { 'vcgencmd get_throttled': 'throttled=0x0' } })
  t.match(states(await checkPowerSupply(well)), ['ok'])
  t.strictSame(
    await checkPowerSupply(machineOf(t, 'laptop', { said: { 'vcgencmd get_throttled': 'throttled=0x5' } })),
    [],
  )
})

void t.test(
  'a laptop sleeps with its lid closed, unless its owner has said otherwise, in whichever file',
  async (t) => {
    const lid = { 'sys/class/dmi/id/chassis_type': '10\n' }
    const drop = 'etc/systemd/logind.conf.d/10-lid.conf'
    const sleep = async (files: Readonly<Record<string, string>>) =>
      checkSleep(machineOf(t, 'laptop', { files: { ...lid, ...files } }), AWAKE)
    t.match(await sleep({}), [{ state: 'warning', saw: /HandleLidSwitch=suspend/ }])
    t.match(await sleep({ 'etc/systemd/logind.conf': '[Login]\n#HandleLidSwitch=ignore\n' }), [{ state: 'warning' }])
    t.match(await sleep({ 'etc/systemd/logind.conf': '[Login]\nHandleLidSwitch=ignore\n' }), [{ state: 'ok' }])
    t.match(await sleep({ [drop]: 'HandleLidSwitchExternalPower=ignore\n' }), [
      { state: 'warning', saw: /plug ignore/ },
    ])
    t.match(
      await sleep({ 'etc/systemd/logind.conf': 'HandleLidSwitch=ignore\n', [drop]: 'HandleLidSwitch=suspend\n' }),
      [{ state: 'warning' }],
      'the drop-in stands behind',
    )
    const masked = machineOf(t, 'laptop', { files: { ...lid, 'etc/systemd/system/x': '' } })
    symlinkSync('/dev/null', join(masked.etcRoot, 'systemd/system/sleep.target'))
    t.match(await checkSleep(masked, AWAKE), [{ state: 'ok' }])
    t.strictSame(await checkSleep(machineOf(t, 'pi'), AWAKE), [], 'it has no lid')
    t.match(await checkSleep(machineOf(t, 'pi'), 1200), [{ state: 'warning', saw: /has slept 40 minutes/ }])
    const mac = {
      ...machineOf(t, 'pi', { said: { 'pmset -g': ' standby 1\n sleep                1 (by x)' } }),
      platform: 'darwin' as const,
    }
    t.match(await checkSleep(mac, AWAKE), [{ state: 'warning', saw: /after 1 min/ }])
  },
)

void t.test(
  'a phone that keeps its battery to itself tells it by Termux:API, or is told to install that',
  async (t) => {
    const hidden = { ...machineOf(t, 'phone'), sysRoot: '/nowhere', ask: () => Promise.resolve(null) }
    t.match(await checkBattery(hidden), [
      { state: 'warning', saw: /does not tell its battery/, fix: /pkg install termux-api/ },
    ])
    const told = { percentage: 11, plugged: 'UNPLUGGED', status: 'DISCHARGING', temperature: 46 }
    const telling = { ...hidden, ask: () => Promise.resolve(JSON.stringify(told)) }
    t.match(await checkBattery(telling), [
      { saw: 'Charge 11 %, off the plug; 46 °C.', fix: /Cool the device/ },
      { fix: 'Plug the device in.' },
    ])
  },
)

void t.test('a phone: what Android does in the background, by its version and its maker', async (t) => {
  const android = (more: Said = {}) =>
    machineOf(t, 'phone', {
      said: { 'getprop ro.build.version.sdk': '33', 'getprop ro.product.manufacturer': 'Xiaomi', ...more },
    })
  const findings = await checkBackground(android(), AWAKE)
  t.strictSame(states(findings), ['ok', 'warning', 'warning', 'warning'])
  t.match(findings, [
    {},
    { fix: /settings put global settings_enable_monitor_phantom_procs false/ },
    { fix: /Battery: Unrestricted/ },
    { fix: /dontkillmyapp\.com\/xiaomi/ },
  ])
  const tamed = android({
    'getprop ro.product.manufacturer': 'Google',
    'settings get global settings_enable_monitor_phantom_procs': 'false',
    'dumpsys deviceidle whitelist': 'system,com.android\nuser,com.termux,10123',
  })
  t.strictSame(states(await checkBackground(tamed, AWAKE)), ['ok', 'ok', 'ok'])
  const twelve = await checkBackground(android({ 'getprop ro.build.version.sdk': '31' }), AWAKE)
  t.match(twelve[1]?.fix, 'max_phantom_processes 2147483647')
  const nine = await checkBackground(android({ 'getprop ro.build.version.sdk': '28' }), 1800)
  t.match(nine[0], { state: 'warning', saw: /slept 30 minutes/, fix: /termux-wake-lock/ })
  t.notMatch(nine, [{ saw: /phantom/ }], 'before Android 12 there was no such killer')
})

void t.test('makers that end background apps are known, each with what to switch off', (t) => {
  for (const maker of ['Xiaomi', 'HUAWEI', 'HONOR', 'samsung', 'OnePlus', 'OPPO', 'realme', 'vivo'])
    t.match(makersCure(maker), /https:\/\/dontkillmyapp\.com\/[a-z]+\)\.$/, maker)
  t.equal(makersCure('Google'), undefined)
  t.equal(makersCure(null), undefined)
  t.end()
})

void t.test('a metered network is that of a modem, or one that NetworkManager calls so', async (t) => {
  const route = (name: string) => ({ 'proc/net/route': `Iface\tDestination\tGateway\n${name}\t00000000\t0101A8C0\n` })
  const ask = 'nmcli -g GENERAL.METERED device show wlan0'
  t.match(await checkMetered(machineOf(t, 'phone', { files: route('rmnet_data0') })), [{ state: 'warning' }])
  const wifi = async (told: string) =>
    checkMetered(machineOf(t, 'laptop', { files: route('wlan0'), said: { [ask]: told } }))
  t.match(await wifi('yes (guessed)'), [{ state: 'warning' }])
  t.match(await wifi('no (guessed)'), [{ state: 'ok' }])
  t.strictSame(await wifi('unknown'), [])
  t.strictSame(await checkMetered(machineOf(t, 'phone')), [], 'Android keeps its routes to itself')
})

void t.test('what is allowed must be possible, and root is no user to run programs of others', async (t) => {
  const pi = machineOf(t, 'pi')
  t.match(await checkPermissions(pi, [], 1000), [{ state: 'ok', saw: /Nothing is allowed beyond/ }])
  t.match(await checkPermissions(pi, ['python_eval', 'command'], 0), [
    { state: 'warning', saw: /no python3/, fix: /apt install python3/ },
    { state: 'warning', saw: /as root/ },
  ])
  const phone = machineOf(t, 'phone')
  t.match(await checkPermissions(phone, ['python_eval', 'command'], 10_123), [
    { fix: 'pkg install python' },
    { fix: /termux-setup-storage/ },
  ])
  t.match(await checkPermissions(pi, ['python', 'python_eval'], 0), [
    { saw: 'python and python_eval are allowed, and there is no python3.', fix: /leave python and python_eval out/ },
    { saw: /^python is allowed, and the worker runs as root/ },
  ])
})

void t.test('earlier unclean stops are told by kind, with the cure for it', (t) => {
  const now = Date.UTC(2026, 10, 24, 12)
  const stop = (kind: UncleanStopReport['kind'], daysAgo: number): UncleanStopReport => ({
    kind,
    message: `It was ${kind}.`,
    started_ms: now - (daysAgo + 1) * 86_400_000,
    last_alive_ms: now - daysAgo * 86_400_000,
  })
  t.match(checkStops([stop('killed', 40)], { isPhone: true, nowMs: now }), [{ state: 'ok' }], 'long ago')
  const stops = [stop('killed', 3), stop('restarted', 2), stop('killed', 1), stop('out_of_memory', 1)]
  t.match(checkStops(stops, { isPhone: true, nowMs: now }), [
    { saw: /^2 times .* 2026-11-23T12:00:00\.000Z: It was killed\.$/, fix: /phantom-process killer/ },
    { saw: /^Once/, fix: /plug/ },
    { fix: /--slots.*zram/ },
  ])
  t.match(checkStops(stops, { isPhone: false, nowMs: now })[0], { fix: /install-service/ })
  t.end()
})

void t.test('a whole machine is looked over, with what its data directory remembers', async (t) => {
  const dataDir = temporaryDirectory(t)
  const stop = { kind: 'crashed', message: 'The sky fell.', started_ms: Date.now(), last_alive_ms: Date.now() }
  writeFileSync(join(dataDir, 'unclean-stops.json'), JSON.stringify([{ stop, told: true }]))
  const findings = await checkMachine(machineOf(t, 'phone'), { dataDir, allow: [] })
  const checks = [...new Set(findings.map(({ check }) => check))]
  t.strictSame(checks, ['nodejs', 'permissions', 'battery', 'background', 'stops'])
  t.match(findings.at(-1), { state: 'warning', saw: /The sky fell/ })
  for (const { state, fix } of findings) t.equal(fix === null, state === 'ok', 'what is not well has a fix')
})
