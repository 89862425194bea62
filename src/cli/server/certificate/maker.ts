/**
 * Makes a self-signed certificate: a program that own.ts runs, because the library takes 20 MB that are needed once in the
 * life of a data directory. It reads an order (JSON) from its standard input, and writes the certificate (PEM).
 */
// The library's dependency injection asks for the Reflect API before anything of it is loaded.
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a certificate is made of. */
export type CertificateOrder = {
  /** A P-256 key, PKCS #8, PEM. */
  readonly key: string
  /** Host names and addresses that it is made out to: what clients that check names, and not the key, compare. */
  readonly hosts: readonly string[]
}

/** A key on P-256 with SHA-256: every TLS 1.2 client takes it, and old phones compute it fast. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const DAY_MS = 86_400_000

/** Devices know the key, not the date; ten years are more than the life of the disk that it lies on. */
const VALID_DAYS = 3652

/** Made out a day back: the clock of an old device may be behind. */
const BACK_DAYS = 1

/** RFC 5280 §4.1.2.2: positive, and at most 20 octets. */
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`

const make = async ({ key, hosts }: CertificateOrder): Promise<string> => {
  const privateKey = createPrivateKey(key)
  const keys = {
    privateKey: privateKey.toCryptoKey(ALGORITHM, true, ['sign']),
    publicKey: createPublicKey(privateKey).toCryptoKey(ALGORITHM, true, ['verify']),
  }
  const now = Date.now()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Retire-Cluster',
    notBefore: new Date(now - BACK_DAYS * DAY_MS),
    notAfter: new Date(now + VALID_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }) as const),
      ),
    ],
  })
  return `${certificate.toString('pem')}\n`
}

process.stdout.write(await make(JSON.parse(await text(process.stdin)) as CertificateOrder))
