/** Runs the programs as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { clientBundlePath, serverBundleDirectory, workerBundlePath } from '../../src/cli/package-files.ts'

type Teardown = { teardown: (fn: () => unknown) => void }

/** What became of a program. */
export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

const root = join(import.meta.dirname, '../..')

const areBundled = process.env.TEST_PROGRAMS === 'bundled'

/** A program of the product. */
export type Program = 'api' | 'main' | 'worker' | 'client'

/** Where a program begins as it is published. */
const BUNDLES: Readonly<Record<Program, string>> = {
  api: join(serverBundleDirectory, 'retire-cluster-api.mjs'),
  main: join(serverBundleDirectory, 'retire-cluster-main.mjs'),
  worker: workerBundlePath,
  client: clientBundlePath,
}

/**
 * The entry file of a program. With TEST_PROGRAMS=bundled, as `npm test` sets it once it has built them, that of the bundle, which
 * is what users run and starts in a fraction of the time; otherwise the source, so that a test run by itself sees the last edit.
 */
export const entry = (program: Program): string => (areBundled ? BUNDLES[program] : join(root, `src/cli/${program}.ts`))

/** A directory that is removed with the test. */
export const temporaryDirectory = (t: Teardown): string => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-cli-'))
  // A program that ends at this moment may write its last file still.
  t.teardown(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/** Whether there is a process of this id. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process: that is the answer.
    return false
  }
}

/**
 * `kill -9` of a process whose id was read somewhere. What could not be read is easily 0, and `kill(0)` would end the group of
 * the tests themselves, with all that waits for them.
 */
export const killRead = (pid: number): void => {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error(`${pid} is no process to be killed`)
  process.kill(pid, 'SIGKILL')
}

/**
 * Bundles a program, for a test that is run by itself. With TEST_PROGRAMS=bundled it was bundled before, and other tests run it.
 * @throws Error where it cannot be bundled
 */
export const bundle = async (t: Teardown, program: 'worker' | 'client' | 'server'): Promise<void> => {
  if (areBundled) return
  const { code, stderr } = await runToEnd(t, join(root, `scripts/bundle-${program}.ts`), [])
  if (code !== 0 || stderr !== '') throw new Error(`the ${program} cannot be bundled: ${stderr}`)
}

/** The variables of this process without any of the product, so that the machine of the developer does not matter. */
export const cleanEnvironment = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RETIRE_CLUSTER_'))),
  NO_COLOR: '1',
  // What a bundled server keeps of its code, for its next start.
  XDG_CACHE_HOME: join(root, 'node_modules/.cache'),
  ...extra,
})

/** Starts a program; it is killed with the test where it still runs. */
export const start = (
  t: Teardown,
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess => {
  const child = spawn(process.execPath, [file, ...args], { env: cleanEnvironment(environment) })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Runs a program to its end. */
export const runToEnd = async (
  t: Teardown,
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<Outcome> => {
  const child = start(t, file, args, environment)
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('the streams of the child are piped')
  child.stdin?.end(stdin)
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err, exit] = await Promise.all([text(stdout), text(stderr), code])
  return { code: exit, stdout: out, stderr: err }
}

/** Resolves with the first line of the JSON log that `wanted` takes. Rejects when the program ends before, with what it wrote. */
export const logLine = (
  child: ChildProcess,
  wanted: (line: Readonly<Record<string, unknown>>) => boolean,
): Promise<Readonly<Record<string, unknown>>> =>
  new Promise((resolve, reject) => {
    let seen = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      for (const line of seen.split('\n').slice(0, -1)) {
        if (!line.startsWith('{')) continue
        const fields = JSON.parse(line) as Record<string, unknown>
        if (wanted(fields)) resolve(fields)
      }
    })
    child.once('close', (code) => reject(new Error(`the program ended with ${code}: ${seen}`)))
  })

/** Resolves with the exit code of a process, or with the signal that ended it. */
export const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode)
    else child.once('exit', (code, signal) => resolve(code ?? signal))
  })

/** The same, when all that it wrote was read as well: that may come after its end. */
export const closed = async (child: ChildProcess): Promise<number | string | null> => {
  const end = await ended(child)
  for (const output of [child.stdout, child.stderr]) if (output !== null) await finished(output, { writable: false })
  return end
}

/** Resolves with the first line that a program prints and `wanted` takes. Rejects when the program ends before, with what it printed. */
export const printedLine = (child: ChildProcess, wanted: (line: string) => boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const line = printed.split('\n').slice(0, -1).find(wanted)
      if (line !== undefined) resolve(line)
    })
    child.once('close', (code) => reject(new Error(`the program ended with ${code}: ${printed}`)))
  })

/** Resolves with the line by which a worker says as whom it has joined. What its owner should do may stand around it. */
export const joinedLine = (worker: ChildProcess): Promise<string> =>
  printedLine(worker, (line) => line.startsWith('joined as '))
