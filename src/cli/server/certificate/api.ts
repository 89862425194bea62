/** What the API is served by: plain HTTP, the certificate of `--tls-cert`, or with `--tls-self-signed` one of its own making. */
import { X509Certificate } from 'node:crypto'
import { fingerprintOf } from '../../../link/fingerprint.ts'
import { UsageError } from '../../failure.ts'
import type { Certificate } from './given.ts'

/** The certificate of the API; with `pin`, the fingerprint by which one of its own making is known. */
export type ApiCertificate = { readonly certificate: Certificate; readonly pin: string | undefined }

/**
 * Refuses two certificates for one port.
 * @throws UsageError
 */
export const refuseTwoCertificates = (flags: {
  readonly tls_cert: string | undefined
  readonly tls_self_signed: boolean
}): void => {
  if (flags.tls_self_signed && flags.tls_cert !== undefined)
    throw new UsageError('--tls-self-signed makes a certificate, and --tls-cert names one; keep one of the two.')
}

/** The certificate of the API, given or else `own` of the data directory; undefined where it speaks plain HTTP. */
export const apiCertificate = async (
  given: Certificate | undefined,
  own: () => Promise<Certificate>,
  { tls_self_signed }: { readonly tls_self_signed: boolean },
): Promise<ApiCertificate | undefined> => {
  if (given !== undefined) return { certificate: given, pin: undefined }
  if (!tls_self_signed) return undefined
  const certificate = await own()
  return { certificate, pin: fingerprintOf(new X509Certificate(certificate.cert)) }
}
