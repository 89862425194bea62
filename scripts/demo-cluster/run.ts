/**
 * A cluster that outlives its nodes, to be tried on this machine: PostgreSQL, three nodes behind a round-robin proxy, ten workers.
 *
 *     npm run demo:cluster
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { install } from '../../bench/peers/install.ts'
import { type Members, startMembers } from './members.ts'
import { stateOf } from './state.ts'

/** How often the table is drawn anew, milliseconds: on a terminal, and into a file. */
const [REDRAWN_MS, WRITTEN_MS] = [1000, 10_000]

const USAGE = `npm run demo:cluster -- [--nodes N] [--workers N]

  --nodes    nodes on one PostgreSQL (3)
  --workers  workers (10)

Installs PostgreSQL from Debian where it is absent, by apt-get; it stays. All listens on 127.0.0.1, keeps what it has in a temporary
directory, and is ended and removed by Ctrl-C.
`

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '3' },
    workers: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
})
const [nodes, workers] = [Number(values.nodes), Number(values.workers)]
const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least
if (values.help || !isCount(nodes, 1) || !isCount(workers, 0)) {
  process.stderr.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const linesOf = ({ url, key }: Members): string =>
  [
    `API       ${url}   (each request goes to the next node)`,
    `docs      ${url}/docs`,
    `API key   ${key}`,
    '',
    'In another terminal:',
    '',
    `  export KEY=${key}`,
    `  curl -H "X-API-Key: $KEY" --json '{"task_type": "sleep", "payload": {"duration": 20}}' ${url}/api/v1/tasks`,
    `  curl -N -H "X-API-Key: $KEY" ${url}/api/v1/monitor/stream     # what happens, until its node dies`,
    '  kill -9 PID                                              # of a node below: another one goes on',
    '',
    'Ctrl-C ends all, and removes it.',
    '',
  ].join('\n')

install(new Set(['postgresql']))
const stopping = new AbortController()
// What a bench has set ends at once; here all is told to end in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.removeAllListeners(signal).on(signal, () => stopping.abort())

const members = await startMembers({ nodes, workers }, (what) => process.stderr.write(`demo:cluster: ${what}\n`))
const clear = process.stdout.isTTY ? '\x1b[2J\x1b[H' : ''
if (clear === '') process.stdout.write(`${linesOf(members)}\n`)
while (!stopping.signal.aborted) {
  const state = await stateOf(members)
  process.stdout.write(clear === '' ? `${state}\n\n` : `${clear}${linesOf(members)}\n${state}\n`)
  const until = { signal: stopping.signal }
  await pause(clear === '' ? WRITTEN_MS : REDRAWN_MS, undefined, until).catch(() => undefined)
}
process.stderr.write('demo:cluster: ends\n')
await members.end()
process.exit(0)
