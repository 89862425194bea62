/** Ids and secrets. */
import { hash, randomBytes, randomFillSync, randomInt } from 'node:crypto'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Random bytes are drawn this many at a time: a call for each id costs ten times as much. */
const DRAWN_BYTES = 4096
const drawn = Buffer.alloc(DRAWN_BYTES)
let used = DRAWN_BYTES

/** A random byte for ids. Secrets are drawn for themselves, and kept nowhere before they are given. */
const nextByte = (): number => {
  if (used === DRAWN_BYTES) {
    randomFillSync(drawn)
    used = 0
  }
  const byte = drawn.readUInt8(used)
  used += 1
  return byte
}

const random = (length: number) => {
  let text = ''
  while (text.length < length) {
    const byte = nextByte()
    // 36 divides 252: bytes from there on would make the first letters likelier.
    if (byte < 252) text += ALPHABET.charAt(byte % 36)
  }
  return text
}

/** A new task id: 72 random bits or so, so that ids of two clusters never meet. */
export const newTaskId = (): string => `task-${random(14)}`
/** A new batch id. */
export const newBatchId = (): string => `batch-${random(14)}`
/** A new key id. */
export const newKeyId = (): string => `key-${random(10)}`
/** A new id of a join token. */
export const newJoinId = (): string => `join-${random(10)}`

/** A secret of 256 random bits, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** The secret of an API key: its prefix tells people, and those who scan repositories for leaks, what it is. */
export const newKeySecret = (): string => `rck_${newSecret()}`
/** The secret of a join token. Its prefix keeps a hyphen from its head, which a shell's reader would take for a flag. */
export const newJoinSecret = (): string => `rcj_${newSecret()}`

/**
 * SHA-256 in hexadecimal: how secrets are kept. A slow hash protects secrets that people choose; one of 256 random bits
 * cannot be guessed, however fast the hash is (OWASP Password Storage Cheat Sheet speaks of passwords only).
 */
export const hashSecret = (secret: string): string => hash('sha256', secret)

/** An id for a device that brings none: its host name, and four letters where that is taken. */
export const newDeviceId = (hostname: string, isTaken: (id: string) => boolean): string => {
  const base =
    hostname
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[-.]+|(?<![-.])[-.]+$/g, '')
      .slice(0, 58) || 'device'
  let id = base
  while (isTaken(id)) id = `${base}-${random(4)}`
  return id
}

/** A random number in [0, 1), for jitter. */
export const randomShare = (): number => randomInt(2 ** 32) / 2 ** 32
