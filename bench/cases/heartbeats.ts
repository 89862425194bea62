/** Heartbeats of 5,000 links: how many are read, and what they cost those who submit meanwhile. */
import { join } from 'node:path'
import type { Case } from '../measure/case.ts'
import { startCeiling } from '../measure/ceiling.ts'
import { withCost } from '../measure/cost.ts'
import { startLoadMaker } from '../measure/load.ts'
import { inPairs } from '../measure/pairs.ts'
import type { Program } from '../measure/program.ts'
import { rowOf } from '../measure/row.ts'
import { caller, startService } from '../measure/service.ts'
import { type Simulator, startDevices, startSimulator } from '../simulate/simulator.ts'

const LINKS = 5000
const SECONDS = 4

/** As many as are read, against a server that reads them as JSON and does no more. */
export const heartbeats: Case = {
  name: 'heartbeats',
  measure: async ({ pairs, directory, tell, using }) => {
    const service = using(await startService(join(directory, 'node')))
    const devices = using(await startDevices(service, LINKS))
    tell(`${LINKS} devices have joined`)
    const ceiling = using(await startCeiling('link-sink'))
    const links = using(startSimulator())
    await links.ask({ kind: 'connect', port: ceiling.port, links: LINKS })
    const of = (simulator: Simulator, server: Program) =>
      withCost(
        server,
        () => simulator.ask({ kind: 'flood', seconds: SECONDS }),
        ({ perSecond }) => perSecond * SECONDS,
      )
    const measured = await inPairs({ ours: () => of(devices, service), ceiling: () => of(links, ceiling) }, pairs, tell)
    return [
      rowOf(measured, 'perSecond', {
        what: 'heartbeats of 5,000 links, against `ws` with `JSON.parse`',
        unit: 'heartbeats/s',
        wanted: { of: 'ratio', least: 0.5 },
      }),
    ]
  },
}

/** Seconds between two heartbeats of a device, while others submit. */
const INTERVAL = 10
/** Submits a second: what the row of ten minutes asks for. */
const RATE = 200

/** A service with 5,000 devices against one with five, both under the same submits. */
export const meanwhile: Case = {
  name: 'submit-meanwhile',
  measure: async ({ pairs, directory, tell, using }) => {
    const pace = ['--heartbeat-interval', String(INTERVAL)]
    const busy = using(await startService(join(directory, 'busy'), pace))
    const quiet = using(await startService(join(directory, 'quiet'), pace))
    // Full, so that both only take in.
    const full = { slots: 1, taskMs: null }
    using(await startDevices(busy, LINKS, full))
    using(await startDevices(quiet, 5, full))
    tell(`${LINKS} devices have joined`)
    const load = using(startLoadMaker())
    const body = JSON.stringify({ task_type: 'echo', payload: { message: 'hello' } })
    const of = ({ url }: { url: string }) =>
      load.ask({
        ...{ url: `${url}/api/v1/tasks`, method: 'POST', headers: caller, body },
        ...{ connections: 10, rate: RATE, seconds: SECONDS },
      })
    const measured = await inPairs({ ours: () => of(busy), ceiling: () => of(quiet) }, pairs, tell)
    return [
      rowOf(measured, 'p99Ms', {
        what: '`POST /tasks` p99 at 200/s, with heartbeats of 5,000 devices every 10 s, against 5 devices',
        unit: 'ms',
        wanted: { of: 'ratio', most: 1.2 },
      }),
    ]
  },
}
