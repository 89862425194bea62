import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Machine, thisMachine } from '../../../src/worker/machine.ts'
import { createPresence, idleMsOf } from '../../../src/worker/policy/presence.ts'
import { fakeClock } from '../../cluster/fake-clock.ts'
import { madeUp } from '../machines.ts'

const put = (directory: string, files: Readonly<Record<string, string>>) => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
}

const interrupts = (keyboard: number, disk: number) => ({
  interrupts: `           CPU0       CPU1\n  1:        ${keyboard}          7   IO-APIC   1-edge      i8042\n 16:     ${disk}          0   IO-APIC  16-fasteoi   ahci[0000:00:1f.2]\n`,
})

void t.test('on Linux, input that is built in tells that somebody is there', async (t) => {
  const machine = madeUp(t, {})
  const clock = fakeClock()
  const presence = createPresence(machine, clock)
  put(machine.procRoot, interrupts(900, 5))
  t.equal(await presence.unusedMs(), Infinity, 'what was before the first look is not known')
  await clock.advance(5000)
  put(machine.procRoot, interrupts(900, 5000))
  t.equal(await presence.unusedMs(), Infinity, 'a disk is nobody')
  put(machine.procRoot, interrupts(901, 5000))
  t.equal(await presence.unusedMs(), 0)
  await clock.advance(5000)
  t.equal(await presence.unusedMs(), 5000)
})

void t.test('a machine without such input, and one that keeps it back, do not tell', async (t) => {
  const machine = madeUp(t, {})
  t.equal(await createPresence(machine, fakeClock()).unusedMs(), null)
  put(machine.procRoot, { interrupts: '           CPU0\n 56:  12345  GICv2  88 Level  xhci-hcd:usb1\n' })
  t.equal(await createPresence(machine, fakeClock()).unusedMs(), null)
  t.equal(await createPresence({ ...machine, platform: 'win32' }, fakeClock()).unusedMs(), null)
})

void t.test('on Android, a lit screen tells it', async (t) => {
  const machine: Machine = { ...madeUp(t, {}), platform: 'android' }
  const clock = fakeClock()
  const presence = createPresence(machine, clock)
  t.equal(await presence.unusedMs(), null)
  put(machine.sysRoot, { 'class/backlight/panel0/bl_power': '0\n', 'class/backlight/panel0/brightness': '120\n' })
  t.equal(await presence.unusedMs(), 0)
  await clock.advance(5000)
  put(machine.sysRoot, { 'class/backlight/panel0/bl_power': '4\n' })
  t.equal(await presence.unusedMs(), 5000)
})

void t.test('on macOS, ioreg tells it', async (t) => {
  const asked: string[] = []
  const ask = (program: string) => {
    asked.push(program)
    return Promise.resolve('    | |   "HIDIdleTime" = 61500000000\n')
  }
  const presence = createPresence({ ...thisMachine, platform: 'darwin', ask }, fakeClock())
  t.equal(await presence.unusedMs(), 61_500)
  t.strictSame(asked, ['ioreg'])
  t.equal(idleMsOf(null), null)
})
