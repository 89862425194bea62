/** Certificates for the tests of TLS, made once for each file. */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { fingerprintOf } from '../../src/link/fingerprint.ts'

/** A certificate with its fingerprint, and the files that it lies in. */
export const makeCertificate = async (t: Pick<Test, 'teardown'>) => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-certificate-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const certificate = await ownCertificate(directory)()
  const files = { cert: join(directory, 'tls-certificate.pem'), key: join(directory, 'tls-key.pem') }
  return { certificate, files, fingerprint: fingerprintOf(new X509Certificate(certificate.cert)) }
}
