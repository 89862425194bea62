import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { OwnNetwork } from '../../../src/link/own-addresses.ts'
import { addressesIn, findNeighbours, type Neighbourhood } from '../../../src/worker/search/neighbours.ts'
import { type Owner, temporaryDirectory } from '../world.ts'

/** Written after proc(5): the third has not answered, the fourth is of another network. */
const LINUX = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         a4:91:b1:00:00:01     *        wlan0
192.168.1.77     0x1         0x2         dc:a6:32:00:00:02     *        wlan0
192.168.1.78     0x1         0x0         00:00:00:00:00:00     *        wlan0
10.8.0.1         0x1         0x2         a4:91:b1:00:00:03     *        tun0
`

/** Written after ip-neighbour(8). */
const IPROUTE = `192.168.1.1 dev wlan0 lladdr a4:91:b1:00:00:01 REACHABLE
192.168.1.77 dev wlan0 lladdr dc:a6:32:00:00:02 STALE
192.168.1.78 dev wlan0  FAILED
192.168.1.79 dev wlan0  INCOMPLETE
fe80::1 dev wlan0 lladdr a4:91:b1:00:00:01 router STALE`

/** Written after arp(8) of macOS, which writes no leading zeros. */
const MACOS = `? (192.168.1.1) at a4:91:b1:0:0:1 on en0 ifscope [ethernet]
? (192.168.1.77) at dc:a6:32:0:0:2 on en0 ifscope [ethernet]
? (192.168.1.78) at (incomplete) on en0 ifscope [ethernet]`

/** Written after the manual of arp on Windows. */
const WINDOWS = `
Interface: 192.168.1.20 --- 0x5
  Internet Address      Physical Address      Type
  192.168.1.1           a4-91-b1-00-00-01     dynamic
  192.168.1.77          dc-a6-32-00-00-02     dynamic`

type Given = {
  readonly arp?: string
  readonly platform?: NodeJS.Platform
  readonly networks?: readonly OwnNetwork[]
  readonly programs?: Readonly<Record<string, string>>
}

const lan: OwnNetwork = { address: '192.168.1.20', prefix: 24 }

const neighbourhood = (t: Owner, { arp, platform = 'linux', networks = [lan], programs = {} }: Given) => {
  const procRoot = temporaryDirectory(t)
  if (arp !== undefined) {
    mkdirSync(join(procRoot, 'net'))
    writeFileSync(join(procRoot, 'net', 'arp'), arp)
  }
  const roused: string[] = []
  const given: Neighbourhood = {
    networks: () => Promise.resolve(networks),
    rouse: (addresses) => {
      roused.push(...addresses)
      return Promise.resolve()
    },
    machine: {
      procRoot,
      platform,
      ask: (program, args) => Promise.resolve(programs[[program, ...args].join(' ')] ?? null),
    },
  }
  return { roused, find: (near = '192.168.1.5') => findNeighbours(near, given) }
}

void t.test('the tables of all systems are read, without those who did not answer', async (t) => {
  const there = ['192.168.1.1', '192.168.1.77']
  t.strictSame(await neighbourhood(t, { arp: LINUX }).find(), there)
  t.strictSame(await neighbourhood(t, { programs: { 'ip neigh': IPROUTE } }).find(), there)
  t.strictSame(await neighbourhood(t, { platform: 'darwin', programs: { 'arp -an': MACOS } }).find(), there)
  t.strictSame(await neighbourhood(t, { platform: 'win32', programs: { 'arp -a': WINDOWS } }).find(), there)
  for (const nothing of ['', 'IP address HW type', 'garbage 1.2.3 aa:bb'])
    t.strictSame(addressesIn(nothing), [], JSON.stringify(nothing))
})

void t.test('the system is made to look first: whoever moved has not been spoken to', async (t) => {
  const { roused, find } = neighbourhood(t, { arp: LINUX })
  await find()
  t.equal(roused.length, 253)
  t.strictSame([roused[0], roused.at(-1)], ['192.168.1.1', '192.168.1.254'])
  t.notOk(roused.includes(lan.address))
})

void t.test('a device that may not read its table asks everybody who could be there', async (t) => {
  const phone = neighbourhood(t, { platform: 'android' })
  const found = await phone.find()
  t.equal(found.length, 253)
  t.notOk(found.includes(lan.address))
  const small = neighbourhood(t, { networks: [{ address: '192.168.1.20', prefix: 29 }] })
  t.strictSame(
    await small.find(),
    [17, 18, 19, 21, 22].map((last) => `192.168.1.${last}`),
  )
})

void t.test('at most 256 private addresses are asked, of the part of a large network around this device', async (t) => {
  const networks = [
    { address: '203.0.113.9', prefix: 24 },
    { address: '172.17.0.1', prefix: 16 },
    { address: '10.2.3.4', prefix: 8 },
    lan,
  ]
  const { roused, find } = neighbourhood(t, { networks })
  const found = await find()
  t.equal(found.length, 256)
  t.strictSame(found, roused)
  t.equal(found[0], '192.168.1.1', 'the network in which the node was goes first')
  t.strictSame(found.slice(253), ['172.17.0.2', '172.17.0.3', '172.17.0.4'])
  const elsewhere = await find('10.2.200.1')
  t.strictSame([elsewhere[0], elsewhere[252]], ['10.2.3.1', '10.2.3.254'])
})

void t.test('a network of public addresses is not asked at all', async (t) => {
  const { roused, find } = neighbourhood(t, { arp: LINUX, networks: [{ address: '203.0.113.9', prefix: 24 }] })
  t.strictSame([await find(), roused], [[], []])
  t.strictSame(await neighbourhood(t, { networks: [] }).find(), [])
})
