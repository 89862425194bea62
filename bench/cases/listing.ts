/** `GET /devices`: what a dashboard asks all the time. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceList } from '../../schemas/index.ts'
import type { Case } from '../measure/case.ts'
import { type Ceiling, startCeiling } from '../measure/ceiling.ts'
import { withCost } from '../measure/cost.ts'
import { startLoadMaker } from '../measure/load.ts'
import { inPairs } from '../measure/pairs.ts'
import { rowOf } from '../measure/row.ts'
import { ask, caller, type Service, startService } from '../measure/service.ts'
import { startDevices } from '../simulate/simulator.ts'

const PATH = '/api/v1/devices'
const CONNECTIONS = 20
const SECONDS = 3

type Listing = {
  readonly name: string
  readonly devices: number
  /** Seconds between two heartbeats of a device: each changes what is told of it. */
  readonly interval: number
  /** The ratio that is wanted. */
  readonly least: number
  readonly what: string
}

const listing = ({ name, devices, interval, least, what }: Listing): Case => ({
  name,
  measure: async ({ pairs, directory, tell, using }) => {
    const pace = ['--heartbeat-interval', String(interval), '--offline-threshold', String(2 * interval)]
    const service = using(await startService(join(directory, 'node'), pace))
    using(await startDevices(service, devices))
    const file = join(directory, 'devices.json')
    writeFileSync(file, JSON.stringify(await ask<DeviceList>(service, PATH)))
    const ceiling = using(await startCeiling('devices', [file]))
    const load = using(startLoadMaker())
    const question = { headers: caller, connections: CONNECTIONS, seconds: SECONDS }
    const of = (server: Service | Ceiling) =>
      withCost(
        server,
        () => load.ask({ ...question, url: `${server.url}${PATH}` }),
        ({ answers }) => answers,
      )
    const measured = await inPairs({ ours: () => of(service), ceiling: () => of(ceiling) }, pairs, tell)
    return [rowOf(measured, 'perSecond', { what, unit: 'requests/s', wanted: { of: 'ratio', least } })]
  },
})

/** Long enough that no heartbeat comes while it is measured. */
const STILL = 3600

/** The rows of `GET /devices`. */
export const listings: readonly Case[] = [
  {
    ...{ name: 'devices-100', devices: 100, interval: 1, least: 3 },
    what: '`GET /devices`, 100 devices with a heartbeat every second',
  },
  {
    ...{ name: 'devices-100-still', devices: 100, interval: STILL, least: 5 },
    what: '`GET /devices`, 100 devices, nothing has changed',
  },
  {
    ...{ name: 'devices-5', devices: 5, interval: 1, least: 0.8 },
    what: '`GET /devices`, 5 devices with a heartbeat every second',
  },
].map(listing)
