/** The output of a task while it runs, piece by piece. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, OutputPiece } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'

/** So long the cluster is asked to wait for more, in seconds; then it is asked anew. */
const WAIT_SECONDS = 20

/** While the node is away it is asked this often, in seconds, where the refusal says nothing else. */
const RETRY_SECONDS = 1

/** A client gets at most so much before it has taken what it was sent. UTF-16 units. */
const CHUNK = 64 * 1024

const endsInHalf = (text: string) => /[\uD800-\uDBFF]$/.test(text)

/** A text in parts that can be encoded each by itself: no character beyond the basic plane is cut in two. */
function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    let chunk = text.slice(from, from + CHUNK)
    if (endsInHalf(chunk) && from + chunk.length < text.length) chunk = chunk.slice(0, -1)
    from += chunk.length
    yield chunk
  }
}

/** What is followed, and until when. */
export type Following = {
  readonly tasks: Pick<Cluster['tasks'], 'output'>
  readonly task_id: string
  /** What there is already. */
  readonly first: OutputPiece
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal
}

/** What a promise resolves to, unless nobody waits for it any more. */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new Error('nobody reads any more', { cause: signal.reason }))
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

/** The next piece; waits for a node that is away. */
const pieceAfter = async (
  { tasks, task_id, signal }: Following,
  { next_offset }: OutputPiece,
): Promise<OutputPiece> => {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await unlessAborted(tasks.output({ task_id, offset: next_offset, wait: WAIT_SECONDS }), signal)
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code !== 'CLUSTER_UNAVAILABLE') throw error
      await delay((error.details.retry_after_seconds ?? RETRY_SECONDS) * 1000, undefined, { signal })
    }
  }
}

/**
 * The output from its first piece to its end. Asks for the next piece when the last one was taken, so that a client that does
 * not read costs one piece of memory, however much is printed.
 */
export async function* followOutput(following: Following): AsyncGenerator<string> {
  // Nothing yet: it makes the head of the answer leave at once.
  yield ''
  let piece = following.first
  for (let half = ''; ;) {
    const text = half + piece.text
    half = !piece.ended && endsInHalf(text) ? text.slice(-1) : ''
    yield* chunksOf(half === '' ? text : text.slice(0, -1))
    if (piece.ended) return
    piece = await pieceAfter(following, piece)
  }
}
