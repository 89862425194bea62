/** A shell in which the command lines of the documentation work as they stand: the programs are on its path, and it has a home. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cleanEnvironment, ended, entry, logLine, temporaryDirectory } from '../../cli/programs.ts'
import { root } from '../clients/generated.ts'

type Test = { teardown: (fn: () => unknown) => void }

const programs = {
  'retire-cluster': 'client',
  'retire-cluster-api': 'api',
  'retire-cluster-main': 'main',
} as const

/** Every port is a free one, and none listens beyond this machine. */
const harmless = {
  RETIRE_CLUSTER_PORT: '0',
  RETIRE_CLUSTER_CLUSTER_PORT: '0',
  RETIRE_CLUSTER_CLUSTER_BIND: '127.0.0.1',
  // Empty ones count as absent (XDG Base Directory Specification): what is kept stands below the home.
  XDG_DATA_HOME: '',
  XDG_CONFIG_HOME: '',
}

/** A server that runs. */
export type Served = {
  /** The port of the API, or of a node alone. */
  readonly port: number
  /** What it has told people so far. */
  readonly said: () => string
  /** Ends it as Ctrl-C does; resolves with its exit code. */
  readonly stop: () => Promise<number | string | null>
}

/** A shell. */
export type Shell = {
  readonly home: string
  /** The variables of what it runs. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs a line to its end; resolves with what it printed. @throws where it ends badly */
  readonly run: (line: string) => Promise<string>
  /** Starts the server of a line; resolves when it listens, and has told all that it tells people. */
  readonly serve: (line: string) => Promise<Served>
}

/**
 * Makes a shell, which stands in the repository, or else `at: 'home'`. What it starts ends with the test.
 * @param variables - over those that keep the servers harmless
 */
export const makeShell = (
  t: Test,
  variables: Readonly<Record<string, string>> = {},
  { at }: { readonly at: 'repository' | 'home' } = { at: 'repository' },
): Shell => {
  const home = temporaryDirectory(t)
  const programsPath = join(home, 'bin')
  mkdirSync(programsPath)
  for (const [name, program] of Object.entries(programs))
    writeFileSync(join(programsPath, name), `#!/bin/sh\nexec ${process.execPath} ${entry(program)} "$@"\n`, {
      mode: 0o755,
    })
  const path = `${programsPath}${delimiter}${process.env.PATH ?? ''}`
  const environment = { ...harmless, HOME: home, PATH: path, ...variables }
  const start = (line: string): ChildProcess =>
    spawn('bash', ['-eu', '-o', 'pipefail', '-c', line], {
      cwd: at === 'home' ? home : root,
      env: cleanEnvironment(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what npm or a shell has started ends with it.
      detached: true,
    })

  const run: Shell['run'] = async (line) => {
    const child = start(line)
    const { stdout, stderr } = child
    if (stdout === null || stderr === null) throw new Error('the streams of the child are piped')
    const code = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [out, complaint, exit] = await Promise.all([text(stdout), text(stderr), code])
    if (exit !== 0) throw new Error(`${line} ended with ${exit}: ${complaint}`)
    return out
  }

  const serve: Shell['serve'] = async (line) => {
    const child = start(`exec ${line}`)
    const stop = () => {
      child.kill('SIGTERM')
      return ended(child)
    }
    t.teardown(() => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    })
    let out = ''
    const told = new Promise<void>((resolve) =>
      child.stdout?.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.includes('Stop with Ctrl-C.')) resolve()
      }),
    )
    const [{ port }] = await Promise.all([logLine(child, ({ msg }) => msg === 'listening'), told])
    return { port: Number(port), said: () => out, stop }
  }
  return { home, environment, run, serve }
}
