/** The certificate of `--tls-cert` and `--tls-key`. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { StartError, systemCode, UsageError } from '../../failure.ts'

/** A certificate (with those between it and its CA, where there are any) and its private key, PEM: as Node's TLS takes them. */
export type Certificate = { readonly key: string; readonly cert: string }

const read = async (flag: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new StartError(`${flag}: the file ${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, {
      cause: error,
    })
  }
}

const parsed = <T>(flag: string, path: string, what: string, parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw new StartError(`${flag}: the file ${path} holds no ${what} in PEM.`, { cause: error })
  }
}

/**
 * The certificate that the flags name; undefined where they name none.
 * @throws UsageError for one flag without the other
 * @throws StartError where a file cannot be read, or the two do not belong together
 */
export const givenCertificate = async (flags: {
  readonly tls_cert: string | undefined
  readonly tls_key: string | undefined
}): Promise<Certificate | undefined> => {
  const { tls_cert, tls_key } = flags
  if (tls_cert === undefined && tls_key === undefined) return undefined
  if (tls_cert === undefined || tls_key === undefined)
    throw new UsageError('--tls-cert and --tls-key belong together: the certificate, and its private key.')
  const [cert, key] = await Promise.all([read('--tls-cert', tls_cert), read('--tls-key', tls_key)])
  const certificate = parsed('--tls-cert', tls_cert, 'certificate', () => new X509Certificate(cert))
  const privateKey: KeyObject = parsed('--tls-key', tls_key, 'private key without a passphrase', () =>
    createPrivateKey(key),
  )
  if (!certificate.checkPrivateKey(privateKey))
    throw new StartError(`The key in ${tls_key} is not that of the certificate in ${tls_cert}.`)
  return { key, cert }
}
