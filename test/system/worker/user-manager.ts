/** A systemd of a test's own: a real manager of user units, with a home, a runtime directory and a /run that are nobody else's. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { ended, type Outcome, temporaryDirectory } from '../../cli/programs.ts'
import { until } from '../../start-cluster.ts'
import { asRoot } from '../disk/as-root.ts'

/** A manager that runs. */
export type UserManager = {
  readonly home: string
  /** Runs a program where the manager is, to its end. */
  run(program: string, args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Outcome>
}

/**
 * The manager of a user wants a machine that was started by systemd (sd_booted(3)), which it knows by a directory, and a group of
 * processes (cgroup) that it may divide. Both are made for it, the first in a /run that only it sees.
 */
const START = `
mount -t tmpfs none /run && mkdir -p /run/systemd/system
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
  if [ -e "$hierarchy/cgroup.procs" ]; then mkdir -p "$hierarchy/$GROUP" && echo $$ >"$hierarchy/$GROUP/cgroup.procs"; fi
done
exec /lib/systemd/systemd --user
`

/** The groups that its units have left. */
const CLEAN = `
for group in /sys/fs/cgroup/"$GROUP" /sys/fs/cgroup/*/"$GROUP"; do
  if [ -d "$group" ]; then find "$group" -depth -type d -exec rmdir {} +; fi
done
`

const withVariables = (variables: Readonly<Record<string, string>>, program: string, args: readonly string[]) =>
  asRoot('env', [...Object.entries(variables).map(([name, value]) => `${name}=${value}`), program, ...args])

const outcomeOf = async (child: ChildProcess): Promise<Outcome> => {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('the streams of the child are piped')
  const [out, err, code] = await Promise.all([text(stdout), text(stderr), ended(child)])
  return { code: typeof code === 'number' ? code : null, stdout: out, stderr: err }
}

/** Starts a manager; it ends with the test, and all of its units with it. */
export const startUserManager = async (t: Test): Promise<UserManager> => {
  // A socket stands in it, whose path may have 107 bytes at most.
  const home = temporaryDirectory(t)
  const runtime = join(home, 'run')
  mkdirSync(runtime, { mode: 0o700 })
  const group = `retire-cluster-test-${process.pid}`
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    SYSTEMD_LOG_TARGET: 'console',
    SYSTEMD_LOG_LEVEL: 'err',
  }
  const started = withVariables({ ...variables, GROUP: group }, 'unshare', [
    '-m',
    '--propagation',
    'private',
    'sh',
    '-c',
    START,
  ])
  const manager = spawn(started.program, started.args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const inside = async (program: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const { program: nsenter, args: words } = withVariables({ ...variables, ...more }, 'nsenter', [
      '-m', '-t', `${await managerPid()}`, program, ...args,
    ]) // prettier-ignore
    return outcomeOf(spawn(nsenter, words, { stdio: ['ignore', 'pipe', 'pipe'] }))
  }
  /** Neither env, unshare nor sh stays: each becomes the next one. Only sudo does. */
  const managerPid = (): Promise<number> => Promise.resolve(manager.pid ?? 0)
  t.teardown(async () => {
    await inside('systemctl', ['--user', 'exit'])
    await ended(manager)
    const { program, args } = withVariables({ GROUP: group }, 'sh', ['-c', CLEAN])
    await ended(spawn(program, args, { stdio: 'ignore' }))
  })
  await until('the manager has started', async () => {
    if (manager.exitCode !== null) throw new Error(`systemd --user ended with ${manager.exitCode}`)
    const { stdout } = await inside('systemctl', ['--user', 'is-system-running'])
    return stdout.trim() === 'running' || undefined
  })
  return { home, run: inside }
}
