/** A PostgreSQL of Debian's packages that is the test's own: on loopback, in a directory of its own, under an unprivileged user. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { ownPort } from '../../faults/ports.ts'
import { killFound, processesOf } from '../../faults/processes.ts'
import { until } from '../../start-cluster.ts'

/** Where Debian has the programs, which are not on the PATH. */
const DEBIAN = '/usr/lib/postgresql'

/** Whom the server runs as where the tests are root, as it refuses root. */
const USER = 'nobody'

const programs = (): string => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : []
  const directories = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const found = directories.find((directory) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(directory, name))),
  )
  // It fails, and is not skipped: who runs the system tests has what they drive (CONTRIBUTING.md).
  if (found === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return found
}

const isRoot = process.getuid?.() === 0
const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }))

/** A program and its arguments, under the unprivileged user where the tests are root. */
const unprivileged = (program: string, args: readonly string[]): [string, string[]] =>
  isRoot
    ? ['setpriv', [`--reuid=${idOf('-u')}`, `--regid=${idOf('-g')}`, '--clear-groups', program, ...args]]
    : [program, [...args]]

/** A server that runs. */
export type PostgresServer = {
  /** A URL of a database of its own for each name; made where it is missing. */
  database(name: string): Promise<string>
  /** Runs statements as its owner, in a database. */
  query<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]>
  /** Ends all connections of nodes to a database. */
  terminate(url: string): Promise<void>
  /** Kills it with -9, all its processes. */
  kill(): Promise<void>
  /** Starts it again on the same port and directory. */
  start(): Promise<void>
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** Starts a server; it ends and its directory is removed with the test. `settings` are those of postgresql.conf. */
export const startPostgres = async (
  t: Pick<Test, 'teardown'>,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> => {
  const bin = programs()
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-postgres-'))
  if (isRoot) chownSync(directory, idOf('-u'), idOf('-g'))
  const files = join(directory, 'data')
  const [initdb, initArguments] = unprivileged(join(bin, 'initdb'), [
    ...['--pgdata', files, '--username', 'owner', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8'],
    '--no-sync',
  ])
  execFileSync(initdb, initArguments, { stdio: 'ignore', cwd: directory })
  const port = await ownPort()
  let child: ChildProcess | undefined
  let log = ''

  const ask = async <Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 20_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<Row>(text, values)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const urlOf = (name: string) => `postgres://owner@127.0.0.1:${port}/${name}`

  const start = async () => {
    const conf = { listen_addresses: '127.0.0.1', unix_socket_directories: directory, port: `${port}`, ...settings }
    const options = Object.entries(conf).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const [program, args] = unprivileged(join(bin, 'postgres'), ['-D', files, ...options])
    const server = spawn(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
    server.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-10_000)))
    child = server
    for (const deadline = performance.now() + 30_000; ;) {
      try {
        await ask(urlOf('postgres'), 'SELECT 1')
        return
      } catch (error) {
        if (server.exitCode !== null || performance.now() > deadline)
          throw new Error(`PostgreSQL did not start: ${log}`, { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  /** Its processes, all of which work in its directory. What has ended and was not buried yet does so no more. */
  const processes = () => processesOf(files)

  const kill = async () => {
    const server = child
    if (server?.exitCode !== null || server.signalCode !== null) return
    // It does not start again while one of them holds its memory.
    await until('all its processes are gone', () => {
      for (const found of processes()) killFound(found)
      return Promise.resolve(processes().length === 0 || undefined)
    })
    await ended(server)
  }

  t.teardown(async () => {
    await kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await start()
  return {
    database: async (name) => {
      const there = await ask(urlOf('postgres'), 'SELECT FROM pg_database WHERE datname = $1', [name])
      if (there.length === 0) await ask(urlOf('postgres'), `CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    query: ask,
    terminate: async (url) => {
      await ask(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'retire-cluster' AND datname = current_database()`,
      )
    },
    kill,
    start,
  }
}
