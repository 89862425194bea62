/** A PostgreSQL of the bench's own, with the defaults of its makers: each commit is on disk before it is acknowledged. */
import { execFileSync } from 'node:child_process'
import { chownSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { launch, type Program } from '../../measure/program.ts'
import { makeScratch } from '../../measure/scratch.ts'
import { freePort } from './free-port.ts'

/** Where Debian has its programs, the newest version last; undefined where there are none. */
export const postgresqlDirectory = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin/postgres')
    .map((path) => join(path, '..'))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1)

/** It refuses to run as root: then it runs as the user that Debian has made for it. */
const ownUser = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Starts one. Its directory is its own: that of the case is closed to its user. */
export const startPostgresql = async (): Promise<Program & { readonly url: string }> => {
  const programs = postgresqlDirectory()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const { directory, remove } = makeScratch()
  const user = ownUser()
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  execFileSync(
    join(programs, 'initdb'),
    ['--pgdata', directory, '--username', 'bench', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const port = await freePort()
  const program = await launch({
    program: join(programs, 'postgres'),
    args: ['-D', directory, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    ready: /database system is ready to accept connections/,
    ...(user === undefined ? {} : { user }),
  })
  return {
    ...program,
    url: `postgres://bench@127.0.0.1:${port}/postgres`,
    end: async () => {
      await program.end()
      remove()
    },
  }
}
