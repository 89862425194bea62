/** By what a device knows its node: the public key of the node's certificate, whatever name or date the certificate bears. */
import { createHash, type X509Certificate } from 'node:crypto'

/** The fingerprint of a certificate: SHA-256 of its public key (SPKI, as RFC 7469 §2.4 pins it), base64url, 43 characters. */
export const fingerprintOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')

/** A fingerprint as curl takes it in `--pinnedpubkey`: https://curl.se/libcurl/c/CURLOPT_PINNEDPUBLICKEY.html */
export const curlPin = (fingerprint: string): string =>
  `sha256//${Buffer.from(fingerprint, 'base64url').toString('base64')}`
