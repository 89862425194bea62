/**
 * How fast the service is beside others that have tasks run: a task that does nothing is submitted, run in another process, and its
 * result read. Each against ours, in turns.
 *
 *     npm run bench:peers
 *     npm run bench:peers -- --only bullmq --rounds 5
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Row } from '../measure/row.ts'
import { runCase } from '../measure/run-case.ts'
import { tableOf } from '../measure/table.ts'
import { caseOf } from './case.ts'
import { peers } from './contestants/index.ts'
import { install } from './install.ts'

const ROUNDS = 3
const TASKS = 10_000

const USAGE = `npm run bench:peers -- [--rounds N] [--tasks N] [--only NAME] [--json]

  --rounds  rounds of each: ours and the peer in turns (${ROUNDS})
  --tasks   tasks of each in a round, 50 in flight (${TASKS}); a minute at the most
  --only    this peer alone; may be repeated
  --json    the rows as JSON

Peers: ${peers.map(({ name }) => name).join(', ')}

Installs Redis, PostgreSQL and Python from Debian where they are absent, by apt-get, and what else the peers need in bench/peers. All
servers listen on 127.0.0.1, keep what they have in a temporary directory, and are ended and removed at the end.
`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: String(ROUNDS) },
    tasks: { type: 'string', default: String(TASKS) },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [rounds, tasks] = [Number(values.rounds), Number(values.tasks)]
const unknown = values.only.filter((wanted) => !peers.some(({ name }) => name === wanted))
const isCount = (value: number) => Number.isInteger(value) && value > 0
if (values.help || unknown.length > 0 || !isCount(rounds) || !isCount(tasks)) {
  process.stderr.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const load = () => loadavg()[0]?.toFixed(1) ?? '?'
const chosen = peers.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
install(new Set(chosen.flatMap(({ needs }) => needs)))
const loadBefore = load()
const rows: Row[] = []
for (const peer of chosen) rows.push(...(await runCase(caseOf(peer, tasks), rounds)))
process.stderr.write(`load of the machine: ${loadBefore} before, ${load()} after\n`)
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows, { against: 'peer' }))
process.exit(0)
