/** Who this device is: `DIR/identity.json`. Once the node knows its credential, the join token is neither needed nor kept. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Binding, bindingOf, isElsewhere, type MachineTraits } from './binding.ts'
import { writeDurably } from './durable-file.ts'
import { systemCode, WorkerError } from './errors.ts'

/** Who a device is. */
export type Identity = {
  /** Its id, as the node has said it; null before the first welcome. */
  readonly device_id: string | null
  /** The device makes it itself, and keeps it before its first hello: it cannot be lost on the way. */
  readonly credential: string
  /** The machine that it was made on. */
  readonly machine: Binding
}

/** An identity as the file holds it; one of an early version is bound to no machine yet. */
type KeptIdentity = Omit<Identity, 'machine'> & { readonly machine: Binding | null }

const identityPath = (dataDir: string): string => join(dataDir, 'identity.json')

/** True where the directory holds an identity, of whatever machine: a worker has been started in it before. */
export const hasIdentity = (dataDir: string): boolean => existsSync(identityPath(dataDir))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isBinding = (value: unknown): value is Binding =>
  isObject(value) &&
  (value.system === null || typeof value.system === 'string') &&
  Array.isArray(value.hardware) &&
  value.hardware.every((number) => typeof number === 'string')

const parse = (content: string): KeptIdentity | undefined => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    // Not JSON is one of the ways of being broken; the caller says so, with the path.
    return undefined
  }
  if (!isObject(value)) return undefined
  const { device_id, credential, machine = null } = value
  if (typeof credential !== 'string' || (device_id !== null && typeof device_id !== 'string')) return undefined
  if (machine !== null && !isBinding(machine)) return undefined
  return { device_id, credential, machine }
}

const load = async (dataDir: string): Promise<KeptIdentity | null> => {
  const path = identityPath(dataDir)
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw new WorkerError('IDENTITY_BROKEN', `${path} cannot be read.`, { cause: error })
  }
  const identity = parse(content)
  // Only its owner may decide that a credential is given up.
  if (identity === undefined)
    throw new WorkerError(
      'IDENTITY_BROKEN',
      `${path} is not the identity of a device; move it away and start with a join token to join anew.`,
    )
  return identity
}

/** Writes the identity, mode 0600. Resolves when it is on disk. */
export const saveIdentity = (dataDir: string, { device_id, credential, machine }: Identity): Promise<void> =>
  writeDurably(identityPath(dataDir), `${JSON.stringify({ device_id, credential, machine }, null, 2)}\n`)

const isSame = (a: Binding | null, b: Binding) => JSON.stringify(a) === JSON.stringify(b)

/** What is read now; what cannot be read any more stays as it was, since adapters come and go. */
const renewed = (kept: Binding | null, now: Binding): Binding => ({
  system: now.system ?? kept?.system ?? null,
  hardware: now.hardware.length > 0 ? now.hardware : (kept?.hardware ?? []),
})

/** What a data directory says of who the device is; `none`: nothing yet; `elsewhere`: it was copied from another machine. */
type Found = { readonly kept: KeptIdentity; readonly identity: Identity } | 'none' | 'elsewhere'

const find = async (dataDir: string, traits: MachineTraits): Promise<Found> => {
  const kept = await load(dataDir)
  if (kept === null) return 'none'
  const now = bindingOf(traits, kept.credential)
  if (kept.machine !== null && isElsewhere(kept.machine, now)) return 'elsewhere'
  return { kept, identity: { ...kept, machine: renewed(kept.machine, now) } }
}

/**
 * The identity that a data directory holds; `none`: it holds none yet; `elsewhere`: it holds that of another machine, from
 * which the directory was copied. Writes nothing.
 * @throws WorkerError `IDENTITY_BROKEN`
 */
export const peekIdentity = async (
  dataDir: string,
  traits: MachineTraits,
): Promise<Identity | 'none' | 'elsewhere'> => {
  const found = await find(dataDir, traits)
  return typeof found === 'string' ? found : found.identity
}

/**
 * The same, and what is read of the machine now is kept with it.
 * @throws WorkerError `IDENTITY_BROKEN`
 */
export const findIdentity = async (
  dataDir: string,
  traits: MachineTraits,
): Promise<Identity | 'none' | 'elsewhere'> => {
  const found = await find(dataDir, traits)
  if (typeof found === 'string') return found
  const { kept, identity } = found
  if (!isSame(kept.machine, identity.machine)) await saveIdentity(dataDir, identity)
  return identity
}

/** Makes an identity in place of what was there. It is on disk when this resolves: before any node hears of it. */
export const makeIdentity = async (dataDir: string, traits: MachineTraits): Promise<Identity> => {
  const credential = randomBytes(32).toString('base64url')
  const identity = { device_id: null, credential, machine: bindingOf(traits, credential) }
  await saveIdentity(dataDir, identity)
  return identity
}
