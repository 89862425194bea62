/** Who this device is: `DIR/identity.json`. With a credential in it, the join token is neither needed nor kept. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from './durable-file.ts'
import { systemCode, WorkerError } from './errors.ts'

/** What the node gave the device when it joined. */
export type Identity = { readonly device_id: string; readonly credential: string }

const identityPath = (dataDir: string): string => join(dataDir, 'identity.json')

const isIdentity = (value: unknown): value is Identity =>
  typeof value === 'object' &&
  value !== null &&
  'device_id' in value &&
  typeof value.device_id === 'string' &&
  'credential' in value &&
  typeof value.credential === 'string'

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    // Not JSON is one of the ways of being broken; the caller says so, with the path.
    return undefined
  }
}

/**
 * Reads the identity; null where the device has not joined yet.
 * @throws WorkerError `IDENTITY_BROKEN`: only its owner may decide that a credential is given up
 */
export const loadIdentity = async (dataDir: string): Promise<Identity | null> => {
  const path = identityPath(dataDir)
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw new WorkerError('IDENTITY_BROKEN', `${path} cannot be read.`, { cause: error })
  }
  const identity = parse(content)
  if (!isIdentity(identity)) {
    throw new WorkerError(
      'IDENTITY_BROKEN',
      `${path} is not the identity of a device; move it away and start with a join token to join anew.`,
    )
  }
  return { device_id: identity.device_id, credential: identity.credential }
}

/** Writes the identity, mode 0600. Resolves when it is on disk. */
export const saveIdentity = (dataDir: string, { device_id, credential }: Identity): Promise<void> =>
  writeDurably(identityPath(dataDir), `${JSON.stringify({ device_id, credential }, null, 2)}\n`)
