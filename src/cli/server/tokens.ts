/** The tokens of a node: made once, and kept in the data directory. With one devices join, with the other API servers elsewhere speak for it. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TOKEN } from '../../link/token.ts'
import { StartError, systemCode } from '../failure.ts'

/** The files of a data directory that go into a backup with the database: without them the restored node would be a stranger to its devices. */
export const keptFiles = ['join-token', 'cluster-token', 'tls-key.pem'] as const

/** 256 random bits, base64url. A hyphen at the head, which a shell's reader would take for a flag, is drawn again. */
export const makeToken = (): string => {
  let token: string
  do token = randomBytes(32).toString('base64url')
  while (token.startsWith('-'))
  return token
}

/** Keeps another token in its file. */
export const replaceToken = async (
  dataDir: string,
  name: 'join-token' | 'cluster-token',
  token: string,
): Promise<void> => {
  const path = join(dataDir, name)
  try {
    await writeFile(path, `${token}\n`, { mode: 0o600, flush: true })
  } catch (error) {
    throw new StartError(`${path} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}

/**
 * The token in a file of the data directory, made at the first start with mode 0600.
 * @throws StartError where the file cannot be read, or holds no token
 */
export const keptToken = async (dataDir: string, name: 'join-token' | 'cluster-token'): Promise<string> => {
  const path = join(dataDir, name)
  try {
    const token = makeToken()
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx', flush: true })
    return token
  } catch (error) {
    if (systemCode(error) !== 'EEXIST')
      throw new StartError(`${path} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
  let token: string
  try {
    token = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    throw new StartError(`${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
  if (!TOKEN.test(token))
    throw new StartError(`${path} holds no token; remove it, and a new one is made at the next start.`)
  return token
}
