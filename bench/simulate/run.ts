/**
 * Plays a fleet of devices against any node, until it is broken off:
 *
 *     node bench/simulate/run.ts --devices 5000 --join 127.0.0.1:8080 --token TOKEN
 */
import { setInterval as every } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parseToken } from '../../src/link/token.ts'
import { joinFleet } from './fleet.ts'

const USAGE = `node bench/simulate/run.ts --devices N --join HOST:PORT --token TOKEN [--slots N] [--task-ms MS]

  --devices  devices that join, each with a link and a credential of its own (100)
  --join     where the node listens for devices
  --token    the join token as the node prints it
  --slots    tasks at a time of each device (2)
  --task-ms  how long its tasks take, milliseconds (100)
`

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '100' },
    join: { type: 'string' },
    token: { type: 'string' },
    slots: { type: 'string', default: '2' },
    'task-ms': { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
})
const place = /^(?<host>.+):(?<port>\d+)$/.exec(values.join ?? '')?.groups
const token = parseToken(values.token ?? '')
if (values.help || place === undefined || token === undefined) {
  process.stderr.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const fleet = await joinFleet({
  node: { host: place.host ?? '', port: Number(place.port), fingerprint: token.fingerprint },
  token: token.token,
  devices: Number(values.devices),
  slots: Number(values.slots),
  taskMs: Number(values['task-ms']),
})
process.stderr.write(`${fleet.devices.length} devices have joined\n`)
process.once('SIGINT', () => void fleet.end().then(() => process.exit(0)))
for await (const { ended, lost } of every(5000, fleet.counts))
  process.stderr.write(`${ended} tasks ended, ${lost} links lost\n`)
