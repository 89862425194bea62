/** The user that a unit of the system runs as. */
import { execFile } from 'node:child_process'
import { StartError } from '../../failure.ts'
import type { RunTool } from './tool.ts'

/** A user of this machine. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number; readonly home: string }

/** passwd(5): name, password, uid, gid, comment, home, shell. */
const ENTRY = /^(?<name>[^:]+):[^:]*:(?<uid>\d+):(?<gid>\d+):[^:]*:(?<home>[^:]*):/

/**
 * Looks a user up, wherever this machine keeps its users.
 * @throws StartError where there is none of this name
 */
export const accountOf = async (name: string, run: RunTool): Promise<Account> => {
  const { code, said } = await run('getent', ['passwd', name])
  const { uid, gid, home = '/', ...entry } = (code === 0 ? ENTRY.exec(said)?.groups : undefined) ?? {}
  if (uid === undefined || gid === undefined)
    throw new StartError(
      `There is no user ${JSON.stringify(name)} on this machine; name one that there is by --run-as.`,
    )
  return { name: entry.name ?? name, uid: Number(uid), gid: Number(gid), home }
}

/**
 * Run as the user, since root may do everything: makes the data directory where it is missing, and tries what the service will need.
 * Its exit code says which of the words on its line it may not use.
 */
const TRIAL = `
const { accessSync, constants, mkdirSync } = process.getBuiltinModule('node:fs')
const [dataDir, program] = process.argv.slice(1)
const may = (code, what) => { try { what() } catch { process.exit(code) } }
may(3, () => accessSync(program, constants.R_OK))
may(4, () => { mkdirSync(dataDir, { recursive: true, mode: 0o700 }); accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK) })
`.trim()

/**
 * Makes sure that a user can run the worker: execute Node, read the program, and read and write the data directory.
 * @throws StartError that says what it may not, and what to do
 */
export const requireAccess = async (
  { name, uid, gid, home }: Account,
  { node, program, dataDir }: { readonly node: string; readonly program: string; readonly dataDir: string },
): Promise<void> => {
  const code = await new Promise<number | string | null | undefined>((resolve) => {
    const options = { uid, gid, cwd: '/', env: { HOME: home }, timeout: 10_000 }
    execFile(node, ['-e', TRIAL, dataDir, program], options, (error) => resolve(error === null ? 0 : error.code))
  })
  if (code === 0) return
  if (code === 3)
    throw new StartError(
      `The user ${name} may not read ${program}; put it where it may, or name another user by --run-as.`,
    )
  if (code === 4)
    throw new StartError(
      `The user ${name} may not use the data directory ${dataDir}; name the user it belongs to by --run-as, or another directory by --data-dir.`,
    )
  throw new StartError(
    `The user ${name} cannot run ${node} (${code ?? 'no answer'}); install Node for all users, as by https://nodejs.org/, or name another user by --run-as.`,
  )
}
