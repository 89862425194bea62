import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { StartError, UsageError } from '../../src/cli/failure.ts'
import { givenCertificate } from '../../src/cli/server/certificate/given.ts'
import { ownCertificate } from '../../src/cli/server/certificate/own.ts'
import { curlPin, fingerprintOf } from '../../src/link/fingerprint.ts'
import { temporaryDirectory } from './programs.ts'

const pinOf = (cert: string) => fingerprintOf(new X509Certificate(cert))

void t.test('a data directory makes itself a certificate, which is its owner’s alone to read', async (t) => {
  const directory = join(temporaryDirectory(t), 'new')
  const { key, cert } = await ownCertificate(directory)()
  const certificate = new X509Certificate(cert)
  t.ok(certificate.verify(certificate.publicKey), 'signed by itself')
  t.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  t.notOk(certificate.ca)
  for (const host of ['localhost', ...(/^[\w.-]+$/.test(hostname()) ? [hostname()] : [])])
    t.ok(certificate.checkHost(host), host)
  t.ok(certificate.checkIP('127.0.0.1'))
  t.ok(certificate.checkIP('::1'))
  t.ok(certificate.validFromDate.getTime() < Date.now(), 'clocks of old devices may be behind')
  t.match(pinOf(cert), /^[\w-]{43}$/)
  t.match(curlPin(pinOf(cert)), /^sha256\/\/[A-Za-z0-9+/]{43}=$/)
  t.same(await ownCertificate(directory)(), { key, cert }, 'it survives a restart')
  if (process.platform === 'win32') return
  for (const file of ['tls-key.pem', 'tls-certificate.pem'])
    t.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file)
})

void t.test('a certificate that is lost or damaged is made anew for the same key', async (t) => {
  const directory = temporaryDirectory(t)
  const { key, cert } = await ownCertificate(directory)()
  const file = join(directory, 'tls-certificate.pem')
  rmSync(file)
  const again = await ownCertificate(directory)()
  t.equal(again.key, key)
  t.not(again.cert, cert)
  t.equal(pinOf(again.cert), pinOf(cert), 'devices notice nothing')
  writeFileSync(file, cert.slice(0, 100))
  t.equal(pinOf((await ownCertificate(directory)()).cert), pinOf(cert))
  writeFileSync(file, (await ownCertificate(temporaryDirectory(t))()).cert)
  t.equal(pinOf((await ownCertificate(directory)()).cert), pinOf(cert), 'one of another key is not used')
})

void t.test('a damaged key is said, and left for its owner to put back', async (t) => {
  const directory = temporaryDirectory(t)
  await ownCertificate(directory)()
  const file = join(directory, 'tls-key.pem')
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 60))
  await t.rejects(ownCertificate(directory)(), { name: 'StartError', exitCode: 1, message: file })
  t.equal(readFileSync(file, 'utf8').length, 60)
  rmSync(file)
  mkdirSync(file)
  await t.rejects(ownCertificate(directory)(), StartError)
})

void t.test('--tls-cert and --tls-key name a certificate and its key, or it is said what is wrong', async (t) => {
  const directory = temporaryDirectory(t)
  const [tls_cert, tls_key] = [join(directory, 'tls-certificate.pem'), join(directory, 'tls-key.pem')]
  const own = await ownCertificate(directory)()
  t.equal(await givenCertificate({ tls_cert: undefined, tls_key: undefined }), undefined)
  t.same(await givenCertificate({ tls_cert, tls_key }), own)
  await t.rejects(givenCertificate({ tls_cert, tls_key: undefined }), UsageError)
  await t.rejects(givenCertificate({ tls_cert: undefined, tls_key }), UsageError)
  await t.rejects(givenCertificate({ tls_cert: join(directory, 'none'), tls_key }), /none cannot be read \(ENOENT\)/)
  await t.rejects(givenCertificate({ tls_cert: tls_key, tls_key }), /holds no certificate/)
  await t.rejects(givenCertificate({ tls_cert, tls_key: tls_cert }), /holds no private key/)
  const other = temporaryDirectory(t)
  await ownCertificate(other)()
  await t.rejects(givenCertificate({ tls_cert, tls_key: join(other, 'tls-key.pem') }), /not that of the certificate/)
})
