/**
 * The certificate that a data directory makes for itself: a key in `tls-key.pem` and a certificate in `tls-certificate.pem`,
 * both of mode 0600. Devices know the key, so that it is the key that must be kept: a certificate that is missing or out of
 * date is made anew for the same key, and nobody notices.
 */
import { execFile } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { ownAddresses } from '../../../link/own-addresses.ts'
import { writeDurably } from '../../../worker/durable-file.ts'
import { StartError, systemCode } from '../../failure.ts'
import type { Certificate } from './given.ts'
import type { CertificateOrder } from './maker.ts'

/** What DNS names are made of (RFC 1123 §2.1); a host may call itself anything. */
const DNS_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

/** The names and addresses by which this machine may be reached. */
const ownHosts = (): string[] => {
  const name = hostname()
  // The zone of a link-local address is of this machine alone.
  const addresses = ownAddresses().map(({ address }) => address.replace(/(?<!%)%.*$/s, ''))
  const names = DNS_NAME.test(name) ? [name, ...(name.includes('.') ? [] : [`${name}.local`])] : []
  return [...new Set(['localhost', '127.0.0.1', '::1', ...names, ...addresses])]
}

/** The program that makes certificates: as source where this is source, as built where this is built. */
const MAKER = join(import.meta.dirname, extname(import.meta.filename) === '.ts' ? 'maker.ts' : 'maker.mjs')

const makeCertificate = async (order: CertificateOrder): Promise<string> => {
  const making = promisify(execFile)(process.execPath, [MAKER])
  // By a pipe: the list of processes shows arguments to everybody.
  making.child.stdin?.end(JSON.stringify(order))
  return (await making).stdout
}

/** The text of a file; undefined where there is none. */
const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(`${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}

const write = async (path: string, content: string): Promise<void> => {
  try {
    await writeDurably(path, content)
  } catch (error) {
    throw new StartError(`${path} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}

const isPrivateKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    // No key at all, or half a file: the caller says so, with the path.
    return false
  }
}

const keptKey = async (path: string): Promise<string> => {
  const kept = await readIfThere(path)
  if (kept === undefined) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await write(path, key)
    return key
  }
  if (isPrivateKey(kept)) return kept
  throw new StartError(
    `${path} holds no key; put it back from a backup. If it is lost, remove the file: a new key is made, and every device has to join with the line that is then printed.`,
  )
}

/** True for a certificate of this key that has not run out. */
const isValid = (pem: string, key: string): boolean => {
  try {
    const certificate = new X509Certificate(pem)
    return certificate.checkPrivateKey(createPrivateKey(key)) && certificate.validToDate.getTime() > Date.now()
  } catch {
    // Not a certificate: one is made in its place.
    return false
  }
}

/** Reads the certificate of a data directory, or makes it at the first start. */
const readOrMake = async (dataDir: string): Promise<Certificate> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const key = await keptKey(join(dataDir, 'tls-key.pem'))
  const path = join(dataDir, 'tls-certificate.pem')
  const kept = await readIfThere(path)
  if (kept !== undefined && isValid(kept, key)) return { key, cert: kept }
  const cert = await makeCertificate({ key, hosts: ownHosts() })
  await write(path, cert)
  return { key, cert }
}

/**
 * The certificate of a data directory, read or made when it is first asked for: link and API share it.
 * Rejects with a StartError where a file cannot be read or written, or the key is damaged.
 */
export const ownCertificate = (dataDir: string): (() => Promise<Certificate>) => {
  let certificate: Promise<Certificate> | undefined
  return () => (certificate ??= readOrMake(dataDir))
}
