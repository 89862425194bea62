/**
 * How fast the service is: as it is built, with all that it does, against servers of the same libraries that do one thing only.
 *
 *     npm run bench
 *     npm run bench -- --only submit --pairs 7
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { cases } from './cases/index.ts'
import { buildCeilings } from './measure/ceiling.ts'
import type { Row } from './measure/row.ts'
import { runCase } from './measure/run-case.ts'
import { tableOf } from './measure/table.ts'

/** Fewer tell nothing of the spread. */
const PAIRS = 5

const USAGE = `npm run bench -- [--pairs N] [--only NAME] [--json]

  --pairs  pairs of each row: ours and its ceiling in turns (${PAIRS})
  --only   this row alone; may be repeated
  --json   the rows as JSON

Rows: ${cases.map(({ name }) => name).join(', ')}
`

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: String(PAIRS) },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const pairs = Number(values.pairs)
const unknown = values.only.filter((wanted) => !cases.some(({ name }) => name === wanted))
if (values.help || unknown.length > 0 || !Number.isInteger(pairs) || pairs < 1) {
  process.stderr.write(USAGE)
  process.exit(values.help ? 0 : 2)
}

const load = () => loadavg()[0]?.toFixed(1) ?? '?'
const loadBefore = load()
await buildCeilings()
const rows: Row[] = []
for (const one of cases)
  if (values.only.length === 0 || values.only.includes(one.name)) rows.push(...(await runCase(one, pairs)))
process.stderr.write(`load of the machine: ${loadBefore} before, ${load()} after\n`)
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows))
process.exit(0)
