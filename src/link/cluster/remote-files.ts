/** Files of a node elsewhere: the operations that move bytes, by HTTP to its port. What they are told of errors is what the node says. */
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as secureRequest } from 'node:https'
import { finished, type Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { Artifact } from '../../../schemas/artifact.ts'
import type { Deed } from '../../../schemas/access.ts'
import type { RpcMessage } from '../../../schemas/link.ts'
import type { ArtifactOperations } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'
import { received } from '../checks.ts'
import { reasonOf } from '../client/open-socket.ts'
import { ARTIFACT_HEADER, CLUSTER_FILES, DEED_HEADER } from '../file-paths.ts'
import { finishPinned, pinnedOptions, WrongKey } from '../pinned-request.ts'
import { fromWire } from '../rpc-errors.ts'
import type { PrintedToken } from '../token.ts'

/** A node whose files are spoken for. */
export type FileNode = {
  readonly host: string
  readonly port: number
  /** Its cluster token, and the key of the node; undefined: nothing is dialled. */
  readonly token: PrintedToken | undefined
  /** For whom is acted now. */
  readonly deed: () => Deed | undefined
  /** The error that says that the node cannot be reached. */
  readonly unavailable: (reason: string) => Error
}

/** How long a node may take to let a body come, or to begin its answer to one that has none. */
const ANSWER_MS = 30_000

/**
 * Milliseconds without a byte either way, after which a node whose turn it is is given up: it may take a while to bring a large
 * file to its disk.
 */
const SILENCE_MS = 120_000

/** Gives a node up that is silent for so long. Whoever sends or reads may take its time: that is bounded by who serves it. */
const watchSilence = (request: ClientRequest, silenceMs: number) => {
  let answer: IncomingMessage | undefined
  request.once('response', (response) => (answer = response))
  const isNodesTurn = () =>
    answer === undefined ? request.writableNeedDrain || request.writableEnded : answer.readableLength === 0
  request.once('socket', (socket) => {
    /** What had passed when it was its turn at the last look; it has to be so twice, since the turn may have come just before one. */
    let passedBefore: number | undefined
    const look = () => {
      const passed = socket.bytesRead + socket.bytesWritten
      if (isNodesTurn() && passed === passedBefore) {
        const asked = answer ?? request
        asked.destroy(new Error('nothing came or went for too long'))
        return
      }
      passedBefore = isNodesTurn() ? passed : undefined
      socket.setTimeout(silenceMs / 2)
    }
    socket.setTimeout(silenceMs / 2).on('timeout', look)
  })
}

/** Sends the head of a request, and all of one without a body. */
const go = (request: ClientRequest) => {
  if (request.method === 'GET') request.end()
  else request.flushHeaders()
}

const ask = (
  node: FileNode,
  options: Pick<RequestOptions, 'method' | 'path'> & { readonly headers?: Readonly<Record<string, string>> },
): ClientRequest => {
  const { host, port } = node
  if (node.token === undefined) throw node.unavailable('no --cluster-token was given; retire-cluster-main prints it')
  const { token, fingerprint } = node.token
  const deed = node.deed()
  const headers = {
    ...options.headers,
    authorization: `Bearer ${token}`,
    ...(deed === undefined ? {} : { [DEED_HEADER]: Buffer.from(JSON.stringify(deed)).toString('base64url') }),
  }
  const whole = { ...options, host, port, agent: false, headers }
  if (fingerprint === undefined) {
    const request = plainRequest(whole)
    go(request)
    return request
  }
  const request = secureRequest({ ...whole, ...pinnedOptions })
  const refusal = (shown: string) =>
    new WrongKey(`what answers at ${host}:${port} has another key (${shown}) than the token names (${fingerprint})`)
  finishPinned(request, fingerprint, () => go(request), refusal)
  return request
}

/** The answer to a request, whenever it comes. */
const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })

/** Resolves at the first of these, or when the request is over; `ms`: it is ended where none comes within. */
const nextOf = (request: ClientRequest, events: readonly string[], ms?: number): Promise<void> =>
  new Promise((resolve) => {
    const all = [...events, 'response', 'close']
    const late = ms === undefined ? undefined : setTimeout(() => request.destroy(new Error('no answer in time')), ms)
    const over = () => {
      clearTimeout(late)
      for (const event of all) request.off(event, over)
      resolve()
    }
    for (const event of all) request.on(event, over)
  })

const brokenOff = (cause: unknown) => {
  const message = 'broke off'
  const issues = [{ in: 'body' as const, path: '', message }]
  return new ClusterError('VALIDATION_ERROR', { reason: `the body ${message}`, issues }, { cause })
}

/** Sends a body, as fast as it is taken, until it ends or is answered before. It stays open: under it is somebody's connection. */
const send = async (body: Readable, request: ClientRequest): Promise<void> => {
  const progress = { isAnswered: false }
  request.once('response', () => (progress.isAnswered = true))
  // Also while it waits for the node, and nobody reads what the body says.
  finished(body, { writable: false }, (error) => {
    if (error && !progress.isAnswered) request.destroy()
  })
  await nextOf(request, ['continue'], ANSWER_MS)
  try {
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      if (progress.isAnswered || request.destroyed) return
      if (!request.write(piece)) await nextOf(request, ['drain'])
    }
  } catch (error) {
    request.destroy()
    throw brokenOff(error)
  }
  request.end()
}

/** The error that an answer tells of. */
const errorIn = async (response: IncomingMessage, node: FileNode): Promise<Error> => {
  if (response.headers['content-type']?.startsWith('application/json') === true)
    return fromWire((await json(response)) as NonNullable<RpcMessage['error']>)
  response.resume()
  return node.unavailable(
    response.statusCode === 401
      ? 'the cluster token is not valid'
      : `the node does not know files (${response.statusCode}); it is of another version`,
  )
}

const artifactIn = (value: unknown, node: FileNode): Artifact => {
  const read = received(Artifact, value)
  if (read.problem !== undefined) throw node.unavailable(`the node told nothing of the file: ${read.problem}`)
  // The schema has checked it.
  return read.value as Artifact
}

/** The operations. */
export const remoteFiles = (
  node: FileNode,
  { silenceMs = SILENCE_MS } = {},
): Pick<ArtifactOperations, 'store' | 'open'> => {
  const unreached = (error: NodeJS.ErrnoException) =>
    node.unavailable(
      error instanceof WrongKey ? error.message : `${node.host}:${node.port} does not answer (${reasonOf(error)})`,
    )

  return {
    store: async ({ sha256, offset, body }) => {
      const query = new URLSearchParams({ offset: `${offset}`, ...(sha256 === null ? {} : { sha256 }) })
      const path = `${CLUSTER_FILES}?${query.toString()}`
      const request = ask(node, { method: 'POST', path, headers: { expect: '100-continue' } })
      watchSilence(request, silenceMs)
      const answer = answerTo(request).catch((error: unknown) => unreached(error as Error))
      await send(body, request)
      const response = await answer
      if (response instanceof Error) throw response
      try {
        if (response.statusCode !== 200) throw await errorIn(response, node)
        const told = await json(response).catch((error: unknown) => {
          throw unreached(error as Error)
        })
        return artifactIn(told, node)
      } finally {
        // Answered before all was sent: the rest is not wanted.
        request.destroy()
      }
    },
    open: async ({ sha256, start, end }) => {
      const query = new URLSearchParams({ start: `${start}`, ...(end === undefined ? {} : { end: `${end}` }) })
      const request = ask(node, { method: 'GET', path: `${CLUSTER_FILES}/${sha256}?${query.toString()}` })
      watchSilence(request, silenceMs)
      const answer = answerTo(request).catch((error: unknown) => unreached(error as Error))
      await nextOf(request, [], ANSWER_MS)
      const response = await answer
      if (response instanceof Error) throw response
      if (response.statusCode !== 200) throw await errorIn(response, node)
      // A header of ours stands once.
      const told = response.headers[ARTIFACT_HEADER]
      return { artifact: artifactIn(JSON.parse(typeof told === 'string' ? told : 'null'), node), body: response }
    },
  }
}
