/**
 * Whether a change has made something much slower: a few costs against those of ceilings in the same run, with margins that noise does
 * not trip. What is compared is processor time for each request, which other work on the machine hardly touches; never a time.
 *
 *     npm run bench:check
 */
import { loadavg } from 'node:os'
import { cases } from './cases/index.ts'
import { buildCeilings } from './measure/ceiling.ts'
import { runCase } from './measure/run-case.ts'

const PAIRS = 1

/**
 * The most that a unit may cost, as a multiple of its ceiling's. Measured at loads of 9 to 17 on two cores: 0.56 to 0.69, and 1.9 to 2.3.
 * A submit is not among these: the less often the process has its turn, the fewer share a commit (3 to 8 times its ceiling at these loads).
 */
const most: Readonly<Record<string, number>> = { 'devices-100': 1.5, stream: 5 }

await buildCeilings()
let isWell = true
for (const one of cases) {
  const bound = most[one.name]
  if (bound === undefined) continue
  const [row] = await runCase(one, PAIRS)
  if (row === undefined || row.cpuUs === null) throw new Error(`${one.name} measures no processor time`)
  // The least of each: what else ran has only added to the others.
  const multiple = row.cpuUs.ours.least / row.cpuUs.ceiling.least
  const verdict = multiple <= bound ? 'ok' : 'too much'
  process.stdout.write(`${one.name}: ${multiple.toFixed(2)} times its ceiling, at most ${bound}: ${verdict}\n`)
  isWell &&= multiple <= bound
}
process.stderr.write(`load of the machine: ${loadavg()[0]?.toFixed(1) ?? '?'}\n`)
process.exit(isWell ? 0 : 1)
