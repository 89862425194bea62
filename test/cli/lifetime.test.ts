import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../src/cli/server/system-clock.ts'
import { closed, logLine, runToEnd, start, temporaryDirectory } from './programs.ts'

const source = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/cli', path)).href)

/** A program of the test's own: `body` gets `closing` and `note`, which writes a line to stdout. */
const program = (t: Parameters<typeof temporaryDirectory>[0], body: string): string => {
  const file = join(temporaryDirectory(t), 'program.mjs')
  writeFileSync(
    file,
    `import { serve, untilStopped } from ${source('lifetime.ts')}
     import { openLog } from ${source('logging.ts')}
     import { run } from ${source('run.ts')}
     import { StartError } from ${source('failure.ts')}
     const log = openLog({ level: 'info', program: 'p' })
     const note = (text) => process.stdout.write(text + '\\n')
     // Holds the process, as a server does.
     const held = setInterval(() => undefined, 1000)
     const release = () => clearInterval(held)
     await run('p', () => serve(log, async (closing) => { ${body} }))`,
  )
  return file
}

const signalled = process.platform !== 'win32'

void t.test('what was opened is closed in reverse, also where one of it cannot be', { skip: !signalled }, async (t) => {
  const file = program(
    t,
    `closing.add('first', () => { note('first'); release() })
     closing.add('second', async () => { note('second'); throw new Error('stuck') })
     closing.add('third', async () => note('third'))
     log.info({}, 'ready'); return untilStopped`,
  )
  const child = start(t, file, [])
  let out = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await logLine(child, ({ msg }) => msg === 'ready')
  child.kill('SIGTERM')
  t.equal(await closed(child), 1, 'not a clean end')
  t.equal(out, 'third\nsecond\nfirst\n')
})

void t.test(
  'a second signal ends it at once, and what must not outlive it is ended with it',
  { skip: !signalled },
  async (t) => {
    const file = program(
      t,
      `closing.add('slow', () => new Promise(() => { log.info({}, 'closing') }), () => note('at once'))
     log.info({}, 'ready'); return untilStopped`,
    )
    const child = start(t, file, [])
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
    const closing = logLine(child, ({ msg }) => msg === 'closing')
    await logLine(child, ({ msg }) => msg === 'ready')
    child.kill('SIGINT')
    await closing
    child.kill('SIGINT')
    t.equal(await closed(child), 130)
    t.equal(out, 'at once\n')
  },
)

void t.test('one that ends by itself has its own exit code', async (t) => {
  const file = program(t, `closing.add('it', release); return { ended: Promise.resolve(1) }`)
  t.match(await runToEnd(t, file, []), { code: 1 })
})

void t.test('one that cannot start closes what it had opened, and says why', async (t) => {
  const file = program(t, `closing.add('it', () => { note('closed'); release() }); throw new StartError('It cannot.')`)
  t.match(await runToEnd(t, file, []), { code: 1, stdout: 'closed\n', stderr: 'p: It cannot.\n' })
})

void t.test('the system clock fires not early, and not after it was told not to', async (t) => {
  const begin = systemClock.monotonic()
  let cancelled = false
  const cancel = systemClock.after(5, () => (cancelled = true))
  cancel()
  await new Promise<void>((resolve) => systemClock.after(10.5, resolve))
  t.ok(systemClock.monotonic() - begin >= 10.5)
  t.notOk(cancelled)
  cancel()
  // Beyond 2^31-1 ms Node alone would fire at once.
  let early = false
  const far = systemClock.after(3_000_000_000, () => (early = true))
  await new Promise<void>((resolve) => systemClock.after(5, resolve))
  far()
  t.notOk(early)
})

void t.test('a start that waits gives up when it is told to stop', { skip: !signalled }, async (t) => {
  const file = program(
    t,
    `const { setTimeout: pause } = await import('node:timers/promises')
     closing.add('first', () => { note('first'); release() })
     log.info({}, 'waiting'); await pause(60_000, undefined, { signal: closing.stopping })`,
  )
  const child = start(t, file, [])
  let out = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await logLine(child, ({ msg }) => msg === 'waiting')
  child.kill('SIGTERM')
  t.equal(await closed(child), 0)
  t.equal(out, 'first\n')
})
