import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { runToEnd, temporaryDirectory } from './programs.ts'

/** Runs a program that has a `log`, and returns the texts of the lines that it left. */
const textsOf = async (t: Parameters<typeof temporaryDirectory>[0], body: string): Promise<unknown[]> => {
  const file = join(temporaryDirectory(t), 'program.mjs')
  const logging = pathToFileURL(join(import.meta.dirname, '../../src/cli/logging.ts')).href
  writeFileSync(
    file,
    `import { openLog } from ${JSON.stringify(logging)}
     const log = openLog({ level: 'info', program: 'p' })
     ${body}`,
  )
  const { stderr } = await runToEnd(t, file, [])
  const lines = stderr.split('\n').slice(0, -1)
  return lines.map((line) => (JSON.parse(line) as { msg: unknown }).msg)
}

void t.test('the lines of the turn in which a process exits are written', async (t) => {
  t.strictSame(await textsOf(t, `log.info('one'); log.error('two'); process.exit(1)`), ['one', 'two'])
})

void t.test('the lines before an error that nobody catches are written', async (t) => {
  const body = `process.on('uncaughtException', () => { log.error('two'); process.exit(1) }); log.info('one'); throw new Error('x')`
  t.strictSame(await textsOf(t, body), ['one', 'two'])
})

void t.test('the lines of a turn are written as it ends: kill -9 in the next one takes none of them', async (t) => {
  const body = `log.info('one'); log.info('two'); setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')))`
  t.strictSame(await textsOf(t, body), ['one', 'two'])
})
