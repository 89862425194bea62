/** What `retire-cluster migrate` refuses before anything is touched, and how it tells how far it is. The move itself: test/store/moving, test/system/postgres. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rowsText } from '../../src/cli/client/moving-told.ts'
import { markElsewhere } from '../../src/store/elsewhere.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

const PASSWORD = 'a-secret-of-the-test'
const URL_OF = (name: string) => `postgres://owner:${PASSWORD}@127.0.0.1:1/${name}`

void t.test('what makes no sense is refused with exit code 2, and no password is shown', async (t) => {
  const directory = temporaryDirectory(t)
  const [one, other] = [join(directory, 'one'), join(directory, 'other')]
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--from', one], /--from and --to are both needed\./],
    [['--from', one, '--to', other], /One of --from and --to is a database, the other a directory/],
    [['--from', URL_OF('a'), '--to', URL_OF('b')], /One of --from and --to is a database/],
    [['--from', one, '--to', `mysql://owner:${PASSWORD}@127.0.0.1/a`], /must be a data directory, or a URL such as/],
    [['--from', one, '--to', URL_OF('a'), '--data-dir', other], /--data-dir goes with a move from a database/],
    [
      ['--from', URL_OF('a'), '--to', one, '--data-dir', other],
      /is not the data directory of a node whose state is in/,
    ],
  ]
  for (const [flags, message] of refused) {
    const { code, stderr } = await runToEnd(t, entry('client'), ['migrate', ...flags])
    t.equal(code, 2, stderr)
    t.match(stderr, message)
    t.notMatch(stderr, PASSWORD)
  }
  t.notOk(existsSync(one))
  t.notOk(existsSync(other))
})

void t.test('an end that cannot be used is told in one sentence with exit code 1', async (t) => {
  const directory = temporaryDirectory(t)
  const nothing = await runToEnd(t, entry('client'), ['migrate', '--from', directory, '--to', URL_OF('a')])
  t.match(nothing, { code: 1, stderr: /^retire-cluster: There is no cluster in .*: name its data directory\.\n$/ })
  markElsewhere(directory, '127.0.0.1:1/a')
  const away = await runToEnd(t, entry('client'), ['migrate', '--from', URL_OF('a'), '--to', directory])
  t.match(away, { code: 1, stderr: /^retire-cluster: The database 127\.0\.0\.1:1\/a cannot be used \(connect ECONN/ })
  t.notMatch(away.stderr, PASSWORD)
})

void t.test('rows of rows, and how many a second once that can be told', (t) => {
  const progress = { step: 'copied', rows: 5000, of: 20_000 } as const
  t.equal(rowsText(progress, { first: 1000, seconds: 0.4 }), 'copied 5000 of 20000 rows')
  t.equal(rowsText(progress, { first: 1000, seconds: 2 }), 'copied 5000 of 20000 rows, 2000/s')
  t.end()
})
