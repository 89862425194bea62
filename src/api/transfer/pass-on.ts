/** Bytes of a file on their way through this process, between a client and the cluster: counted, and never more than a few of them here. */
import { finished, type Readable, Transform } from 'node:stream'
import { collectSpentBuffers } from '../../http/spent-buffers.ts'

/**
 * A client that neither sends what it has announced nor reads what it has asked for, for so long, is taken to be gone; the cluster
 * may take its time, a disk be slow. The kernel's buffers for slow links hold more than a minute of bytes.
 */
export const STALLED_MS = 120_000

/** What passes. */
export type Passage = {
  readonly source: Readable
  /** Who is at the other end of `source`; who reads is the other. */
  readonly from: 'client' | 'cluster'
  /** Called with the size of every piece. */
  readonly count: (bytes: number) => void
  /** Called where the client does nothing though it is its turn. */
  readonly onStall: () => void
  readonly stalledMs?: number
}

/**
 * The bytes of `source`. Where they break off, it breaks off too; whoever stops reading it ends a source of the cluster, while the
 * rest of a client's body stays to be read, for an answer to reach it.
 */
export const passOn = ({ source, from, count, onStall, stalledMs = STALLED_MS }: Passage): Readable => {
  const passing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      count(chunk.length)
      timer.refresh()
      done(null, chunk)
    },
    destroy: (error, done) => {
      // At once: what is read next of a client's body is not for us.
      source.unpipe(passing)
      done(error)
    },
  })
  /** Nothing is wanted of a client that has sent all, nor while what it sent is not taken. */
  const isClientsTurn = () =>
    from === 'client' ? !passing.writableEnded && !passing.writableNeedDrain : passing.writableNeedDrain
  const look = () => {
    if (isClientsTurn()) onStall()
    else timer.refresh()
  }
  const timer = setTimeout(look, stalledMs).unref()
  const collectNoMore = collectSpentBuffers()

  finished(source, { writable: false }, (error) => {
    if (error) passing.destroy(error)
  })
  finished(passing, () => {
    clearTimeout(timer)
    collectNoMore()
    if (from === 'cluster') source.destroy()
  })
  return source.pipe(passing)
}
