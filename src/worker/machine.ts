/** Reading the machine: pseudo files and small programs. What is missing or forbidden is null: nobody knows it. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the kernel and the distribution tell of the machine; tests put fixture trees here. */
export type Roots = {
  readonly sysRoot: string
  readonly procRoot: string
  readonly etcRoot: string
  /** `/system` of Android. */
  readonly androidRoot: string
}

/** The roots of this machine. */
export const systemRoots: Roots = { sysRoot: '/sys', procRoot: '/proc', etcRoot: '/etc', androidRoot: '/system' }

/** The text of a file, trimmed of white space and of the NULs that device trees end with; null where it cannot be read or is empty. */
export const readText = async (...path: readonly string[]): Promise<string | null> => {
  try {
    const content = (await readFile(join(...path), 'utf8')).replaceAll('\0', '').trim()
    return content === '' ? null : content
  } catch {
    // Absent on this kernel, or kept from us (Android): unknown either way.
    return null
  }
}

/** The number in a file; null where there is none. */
export const readNumber = async (...path: readonly string[]): Promise<number | null> => {
  const content = await readText(...path)
  const value = content === null ? NaN : Number(content)
  return Number.isFinite(value) ? value : null
}

/** The names in a directory, sorted; none where it cannot be read. */
export const listDirectory = async (...path: readonly string[]): Promise<readonly string[]> => {
  try {
    return (await readdir(join(...path))).sort()
  } catch {
    return []
  }
}

/** What a program prints on its standard output, trimmed; null where it is absent, fails or takes longer than `timeoutMs`. */
export const ask = (program: string, args: readonly string[], timeoutMs = 5000): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true }, (error, stdout) =>
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : null),
    )
  })

/** What `read` gives; null where the platform refuses (Android forbids several of Node's questions to the system). */
export const attemptToRead = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch {
    return null
  }
}
