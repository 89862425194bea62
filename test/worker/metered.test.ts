import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Machine } from '../../src/worker/machine.ts'
import { createMeteredReader } from '../../src/worker/telemetry/metered.ts'
import { fakeClock, settle } from '../cluster/fake-clock.ts'
import { fixture, type Owner, temporaryDirectory } from './world.ts'

/** A machine with one default route, and what NetworkManager says of each interface. */
const world = (t: Owner, manager: Readonly<Record<string, string>>) => {
  const procRoot = temporaryDirectory(t)
  mkdirSync(join(procRoot, 'net'))
  const asked: string[] = []
  const ask: Machine['ask'] = (_program, args) => {
    const name = args.at(-1) ?? ''
    asked.push(name)
    return Promise.resolve(manager[name] ?? null)
  }
  const clock = fakeClock()
  return {
    asked,
    clock,
    read: createMeteredReader({ ...fixture('pi'), procRoot, ask }, clock),
    route: (name: string) =>
      writeFileSync(join(procRoot, 'net/route'), `Iface\tDestination\tGateway\n${name}\t00000000\t0101A8C0\n`),
  }
}

void t.test('a sample waits for no program: the next one tells what NetworkManager said', async (t) => {
  const { read, route, asked, clock } = world(t, { wlan0: 'yes (guessed)', eth0: 'no' })
  t.equal(await read(), null, 'without a route nothing is known')
  route('wlan0')
  t.equal(await read(), null)
  await settle()
  t.equal(await read(), true)
  route('eth0')
  t.equal(await read(), null, 'another network is not known yet')
  await settle()
  t.equal(await read(), false)
  t.strictSame(asked, ['wlan0', 'eth0'])
  await clock.advance(299_999)
  await read()
  t.equal(asked.length, 2)
  await clock.advance(1)
  await read()
  t.equal(asked.length, 3)
})

void t.test('a modem costs by the byte, whoever says what', async (t) => {
  const { read, route, asked } = world(t, {})
  route('wwan0')
  t.equal(await read(), true)
  t.strictSame(asked, [])
})
