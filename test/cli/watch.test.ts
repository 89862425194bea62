import t from 'tap'
import type { Output } from '../../src/cli/client/output.ts'
import { connectTo } from '../../src/cli/client/api.ts'
import { watch } from '../../src/cli/client/watch.ts'
import { terminalSize } from '../../src/cli/client/screen.ts'
import { type Answer, refusal, startFakeApi } from './fake-api.ts'
import { entry, runToEnd } from './programs.ts'

const at = (uptime: string): Answer => ({ data: { cluster_stats: { uptime } } })
const away = refusal(503, 'CLUSTER_UNAVAILABLE', 'The node is away.')
const limited = refusal(429, 'RATE_LIMIT_EXCEEDED', 'Too many.')
const over = refusal(403, 'PERMISSION_DENIED', 'No more.')

/** What a pipe gets of these answers, until the one that ends it. */
const watched = async (t: Parameters<typeof startFakeApi>[0], answers: readonly Answer[]) => {
  const { url, asked } = await startFakeApi(t, answers)
  const api = connectTo({ url, key: undefined, fetch })
  const lines: string[] = []
  const notes: string[] = []
  const output: Output = {
    format: 'table',
    quiet: false,
    isTerminal: false,
    write: (text) => {
      lines.push(text)
      return Promise.resolve()
    },
    note: (text) => void notes.push(text),
  }
  const run = async ({ write }: Output) => write((await api.call('getClusterStatus', {})).cluster_stats.uptime)
  const error = await watch(output, run, url, 1).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { lines, notes, error, asked }
}

void t.test('a pipe gets what is watched each time that it is another', async (t) => {
  const { lines, error } = await watched(t, [at('1'), at('1'), at('2'), over])
  t.strictSame(lines, ['1', '2'])
  t.match(error, { code: 'PERMISSION_DENIED' })
})

void t.test('a server that is away for a while, or asks for patience, does not end it, and is told once', async (t) => {
  const { lines, notes, error, asked } = await watched(t, [at('1'), 'cut off', away, limited, at('2'), away, over])
  t.strictSame(lines, ['1', '2'])
  t.equal(asked.length, 7)
  t.equal(notes.length, 2)
  t.match(notes[0], /cannot be reached/)
  t.match(notes[1], /The node is away\. \(CLUSTER_UNAVAILABLE/)
  t.match(error, { code: 'PERMISSION_DENIED' })
})

void t.test('who leaves a screen waits for nothing, though the server hangs', async (t) => {
  const screen = new URL('../../src/cli/client/screen.ts', import.meta.url).href
  const program = `
    import { onScreen } from ${JSON.stringify(screen)}
    setInterval(() => undefined, 1000)
    const ended = onScreen(() => new Promise(() => undefined))
    process.kill(process.pid, 'SIGINT')
    await ended
    process.exit(0)`
  const { code, stdout } = await runToEnd(t, '--input-type=module', ['-e', program])
  t.equal(code, 0)
  t.ok(stdout.endsWith('\u001b[?1049l'), 'the terminal is as it was')
})

void t.test('a terminal that does not know its size has 24 lines of 80', (t) => {
  t.same(terminalSize({ rows: 0, columns: 0 }), { rows: 24, columns: 80 })
  t.same(terminalSize({ rows: 50, columns: 132 }), { rows: 50, columns: 132 })
  t.end()
})

void t.test('monitor refuses the formats that it has not', async (t) => {
  for (const flags of [['--output', 'csv'], ['--output', 'yaml'], ['-q']])
    t.match(await runToEnd(t, entry('client'), ['monitor', ...flags], { XDG_CONFIG_HOME: '/nonexistent' }), {
      code: 2,
      stderr: /--output table or json/,
    })
})
