import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { Progress } from '../../schemas/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { withoutProgress } from '../../src/worker/executors/progress-lines.ts'

/** What comes of a text that comes in such pieces: what is passed on, and what was said of the progress. */
const filtered = (pieces: readonly (string | Buffer)[]) => {
  const passed: Buffer[] = []
  const reports: Progress[] = []
  let ends = 0
  const filter = withoutProgress(
    { write: (bytes) => void passed.push(Buffer.from(bytes)), end: () => (ends += 1) },
    (progress) => void reports.push(progress),
  )
  for (const piece of pieces) filter.write(Buffer.from(piece))
  filter.end()
  return { output: Buffer.concat(passed).toString(), reports, ends }
}

const at = (progress: number, progress_message: string | null = null): Progress => ({ progress, progress_message })

void t.test('a line that says how far it is goes to the node, and not into the output', (t) => {
  for (const [text, reports, output = ''] of [
    ['::retire-cluster progress=40\n', [at(40)]],
    ['::retire-cluster progress=40::half of it\n', [at(40, 'half of it')]],
    ['::retire-cluster progress=62.54::a::b = c\r\n', [at(62.5, 'a::b = c')]],
    ['::retire-cluster progress=0::\n::retire-cluster progress=100::  \n', [at(0), at(100)]],
    ['::retire-cluster progress=7::the last line', [at(7, 'the last line')]],
    ['one\n::retire-cluster progress=5\ntwo\n', [at(5)], 'one\ntwo\n'],
    ['one\n::retire-cluster progress=5', [at(5)], 'one\n'],
    [`::retire-cluster progress=1::${'😀'.repeat(256)}\n`, [at(1, '😀'.repeat(256))]],
    ['::retire-cluster progress=1::\u0000\u001b[2J\n', [at(1, '\u0000\u001b[2J')]],
  ] as const) {
    t.same(filtered([text]), { output, reports, ends: 1 }, text)
    for (const report of reports) t.equal(problemOf(Progress, report), undefined, 'the link takes it')
  }
  t.end()
})

void t.test('whatever else is printed stays as it is', (t) => {
  for (const text of [
    '',
    '\n',
    ':',
    '::retire-cluster',
    '::retire-cluster progress=',
    '::retire-cluster progress=\n',
    '::retire-cluster progress=101\n',
    '::retire-cluster progress=100.1\n',
    '::retire-cluster progress=1000\n',
    '::retire-cluster progress=-1\n',
    '::retire-cluster progress=4e1\n',
    '::retire-cluster progress=NaN\n',
    '::retire-cluster progress=.5\n',
    '::retire-cluster progress=5.\n',
    '::retire-cluster progress=40%\n',
    '::retire-cluster progress=40 ::message\n',
    '::retire-cluster progress=40:message\n',
    '::retire-cluster  progress=40\n',
    '::retire-cluster progress=40,colour=red\n',
    '::Retire-Cluster progress=40\n',
    ' ::retire-cluster progress=40\n',
    'x::retire-cluster progress=40\n',
    '\r::retire-cluster progress=40\n',
    '::retire-cluster::retire-cluster progress=40\n',
    '::retire-cluster progress=40\rmore\n',
    '::set-output name=progress::40\n',
    `::retire-cluster progress=40::${'m'.repeat(257)}\n`,
    `::retire-cluster progress=40::${'m'.repeat(100_000)}`,
  ]) {
    t.same(filtered([text]), { output: text, reports: [], ends: 1 }, JSON.stringify(text.slice(0, 60)))
  }
  t.end()
})

void t.test('it makes no difference in what pieces it comes', (t) => {
  const text =
    'a\n::retire-cluster progress=1::grüße\n::retire-cluster progress=x\n\n::\n::retire-cluster progress=2\r\nb::retire-cluster progress=3\n::retire-cluster progress=4::'
  const bytes = Buffer.from(text)
  const whole = filtered([bytes])
  t.same(whole, {
    output: 'a\n::retire-cluster progress=x\n\n::\nb::retire-cluster progress=3\n',
    reports: [at(1, 'grüße'), at(2), at(4)],
    ends: 1,
  })
  const others: string[] = []
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
      if (!isDeepStrictEqual(filtered(pieces), whole)) others.push(`cut at ${first} and ${second}`)
    }
  }
  t.same(others, [])
  t.same(filtered(Array.from(bytes, (byte) => Buffer.from([byte]))), whole, 'byte by byte')
  t.end()
})

void t.test('bytes that are no text pass as they are', (t) => {
  const bytes = Buffer.from([0xff, 0x0a, 0x00, 0xc3, 0x0a, 0xe2, 0x82])
  const passed: Buffer[] = []
  const filter = withoutProgress({ write: (some) => void passed.push(some), end: () => undefined }, () => undefined)
  filter.write(bytes)
  filter.end()
  t.same(Buffer.concat(passed), bytes)
  t.end()
})

void t.test('a line that never ends is not waited for', (t) => {
  let passed = 0
  const filter = withoutProgress({ write: ({ length }) => (passed += length), end: () => undefined }, () =>
    t.fail('it is no report'),
  )
  const beginning = Buffer.from('::retire-cluster progress=5::')
  filter.write(beginning)
  t.equal(passed, 0, 'it may still become one')
  const piece = Buffer.alloc(100, 'x')
  let written = beginning.length
  let mostWaiting = 0
  for (let round = 0; round < 1000; round += 1) {
    filter.write(piece)
    written += piece.length
    mostWaiting = Math.max(mostWaiting, written - passed)
  }
  t.equal(passed, written)
  t.ok(mostWaiting < 1200, `${mostWaiting} bytes waited`)
  t.end()
})
