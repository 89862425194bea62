/** A real terminal: tmux, without anything of its user's. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment, entry, temporaryDirectory } from '../../cli/programs.ts'
import { until } from '../../start-cluster.ts'

type Test = { teardown: (fn: () => unknown) => void }
const execute = promisify(execFile)

/** A terminal with a shell in which `retire-cluster` runs. */
export interface Terminal {
  /** Types text, and a return where `enter` is given. */
  type(keys: string, ...more: readonly string[]): Promise<void>
  /** What stands on it, colours aside. */
  screen(): Promise<string>
  /** The same with the sequences that colour it. */
  colours(): Promise<string>
  /** Resolves with the screen as soon as it shows what is wanted. */
  shows(wanted: RegExp): Promise<string>
  resize(columns: number, rows: number): Promise<void>
  /** All that was written to it so far, byte by byte. */
  written(): string
}

/** Opens a terminal; it is closed with the test. */
export const openTerminal = async (
  t: Test,
  variables: Readonly<Record<string, string>>,
  shell = 'sh',
): Promise<Terminal> => {
  const home = temporaryDirectory(t)
  writeFileSync(join(home, 'retire-cluster'), `#!/bin/sh\nexec ${process.execPath} ${entry('client')} "$@"\n`, {
    mode: 0o755,
  })
  const environment = cleanEnvironment({
    PATH: `${home}:${process.env.PATH ?? ''}`,
    HOME: home,
    PS1: '$ ',
    ...variables,
  })
  // As a person has it: cleanEnvironment, tap and CI take colours away from programs whose output is read.
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'CI']) Reflect.deleteProperty(environment, name)
  const socket = join(home, 'tmux')
  const tmux = async (...args: string[]) =>
    (await execute('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: environment })).stdout
  // At home, so that a prompt that shows where it is has room on its line for what is typed.
  await tmux('new-session', '-d', '-x', '100', '-y', '24', '-c', home, shell)
  t.teardown(() => tmux('kill-server').catch(() => undefined))
  const log = join(home, 'written')
  await tmux('pipe-pane', `cat > ${log}`)
  const screen = () => tmux('capture-pane', '-p')
  // What is typed before the shell has its prompt there stands before that.
  await until('the shell has begun', async () => ((await screen()).trim() === '' ? undefined : true))
  return {
    type: async (keys, ...more) => {
      await tmux('send-keys', keys, ...more)
    },
    screen,
    colours: () => tmux('capture-pane', '-p', '-e'),
    shows: (wanted) =>
      until(`the terminal shows ${wanted.source}`, async () => {
        const shown = await screen()
        return wanted.test(shown) ? shown : undefined
      }),
    resize: async (columns, rows) => {
      await tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)
    },
    written: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  }
}
