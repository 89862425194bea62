/** The world of the tests of files over the link: a real server with files on a disk, and requests by hand. */
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { FileGate } from '../../src/cluster/ports/file-gate.ts'
import type { FileStore } from '../../src/cluster/ports/files.ts'
import { openDiskFiles } from '../../src/store/files/disk-files.ts'
import type { LinkServerOptions } from '../../src/link/server/server.ts'
import { startServer } from './link-world.ts'

/** What a device may. */
export type Rights = { mayRead: boolean; mayWrite: boolean; isKnown: boolean }

/** The credential of the one device. */
export const CREDENTIAL = 'the-credential-of-the-device'

/** A gate to files for one device, whose rights can change. */
export const gateTo = (files: FileStore, rights: Rights, maxBytes: number): FileGate => ({
  admit: (credential) =>
    credential !== CREDENTIAL || !rights.isKnown
      ? undefined
      : {
          device_id: 'phone',
          mayRead: () => rights.isKnown && rights.mayRead,
          mayWrite: () => rights.isKnown && rights.mayWrite,
          stat: (sha256) => files.stat(sha256),
          partial: (sha256) => files.partial(sha256),
          read: (sha256, start) => files.read(sha256, start),
          write: (writing) => files.write({ ...writing, maxBytes }),
        },
})

/** A server with files. */
export const serveFiles = async (
  t: Test,
  { maxBytes = 10_000_000, ...options }: Partial<LinkServerOptions> & { readonly maxBytes?: number } = {},
) => {
  const directory = t.testdir()
  const files = await openDiskFiles(directory)
  const rights: Rights = { mayRead: true, mayWrite: true, isKnown: true }
  const fileGate = gateTo(files, rights, maxBytes)
  const { port } = await startServer(t, { fileGate: () => fileGate, ...options })
  return { files, directory, rights, port }
}

/** A request of the device, its head not yet sent. */
export const begin = (
  port: number,
  method: string,
  path: string,
  { headers }: { readonly headers?: OutgoingHttpHeaders } = {},
): ClientRequest =>
  request({
    ...{ host: '127.0.0.1', port, method, path, agent: false },
    headers: { authorization: `Bearer ${CREDENTIAL}`, ...headers },
  })

/** An answer. */
export type Answered = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }

/** The answer to a request, whole. */
export const answerTo = (asked: ClientRequest): Promise<Answered> =>
  new Promise((resolve, reject) => {
    asked.once('error', reject)
    asked.once('response', (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      )
    })
  })

/** Asks as the device, and awaits the answer. */
export const ask = async (
  port: number,
  method: string,
  path: string,
  { body, ...more }: { readonly headers?: OutgoingHttpHeaders; readonly body?: Buffer } = {},
): Promise<Answered> => {
  const asked = begin(port, method, path, more)
  const answered = answerTo(asked)
  asked.end(body)
  return answered
}
