/** The files of a node as the worker's tests play them, over real HTTP, with what may go wrong on the way. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Owner } from '../world.ts'

/** The hash by which content is known. */
export const hashed = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/** What the next request meets instead of what it asks for. */
export type Fault =
  { readonly status: number } | { readonly breaksAfter: number } | { readonly bytes: Buffer } | 'hangs'

const sendFile = (request: IncomingMessage, response: ServerResponse, content: Buffer, fault: Fault | undefined) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const rest = content.subarray(from)
  if (from > 0) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`)
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length })
  if (fault === 'hangs') response.flushHeaders()
  else if (fault !== undefined && 'breaksAfter' in fault) {
    response.write(rest.subarray(0, fault.breaksAfter), () => setImmediate(() => response.destroy()))
  } else response.end(rest)
}

/** A node that has files; it ends with the test. */
export const fileNode = async (t: Owner) => {
  const files = new Map<string, Buffer>()
  const parts = new Map<string, Buffer>()
  const asked: string[] = []
  const faults: Fault[] = []
  let inUse = 0

  const store = async (
    request: IncomingMessage,
    response: ServerResponse,
    sha256: string,
    fault: Fault | undefined,
  ) => {
    let have = parts.get(sha256) ?? Buffer.alloc(0)
    const offset = Number(new URL(request.url ?? '', 'http://node').searchParams.get('offset'))
    // From its first byte on it may be sent whatever is here.
    if (offset === 0) have = Buffer.alloc(0)
    if (offset !== have.length) return response.writeHead(409, { 'upload-offset': have.length }).end()
    for await (const chunk of request as AsyncIterable<Buffer>) {
      have = Buffer.concat([have, chunk])
      parts.set(sha256, have)
      if (
        fault !== undefined &&
        typeof fault === 'object' &&
        'breaksAfter' in fault &&
        have.length >= fault.breaksAfter
      ) {
        return request.socket.destroy()
      }
    }
    parts.delete(sha256)
    if (hashed(have) !== sha256) return response.writeHead(422).end()
    files.set(sha256, have)
    return response.writeHead(204).end()
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request
    const sha256 = /^\/files\/([0-9a-f]{64})/.exec(url)?.[1] ?? ''
    const { range } = request.headers
    asked.push(
      [
        method,
        sha256.slice(0, 8),
        ...(range === undefined ? [] : [range]),
        ...(url.includes('?') ? [url.split('?')[1]] : []),
      ].join(' '),
    )
    if (request.headers.authorization !== 'Bearer credential') return response.writeHead(401).end()
    const fault = faults.shift()
    if (fault !== undefined && typeof fault === 'object' && 'status' in fault) {
      request.resume()
      return response.writeHead(fault.status).end()
    }
    if (method === 'PUT') return store(request, response, sha256, fault)
    const content =
      fault !== undefined && typeof fault === 'object' && 'bytes' in fault ? fault.bytes : files.get(sha256)
    if (content === undefined) return response.writeHead(404, { 'upload-offset': parts.get(sha256)?.length ?? 0 }).end()
    if (method === 'HEAD') return response.writeHead(200, { 'content-length': content.length }).end()
    sendFile(request, response, content, fault)
    return response
  }

  const server = createServer((request, response) => {
    inUse += 1
    response.once('close', () => (inUse -= 1))
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    endpoint: { host: '127.0.0.1', port, fingerprint: undefined },
    files,
    parts,
    /** What was asked, as `METHOD HASH RANGE OFFSET`. */
    asked,
    /** What the next requests meet, one each. */
    faults,
    /** Requests under way. */
    inUse: () => inUse,
    add: (content: Buffer | string) => {
      files.set(hashed(content), Buffer.from(content))
      return hashed(content)
    },
  }
}
