/** Sending the end of an attempt. One that cannot be sent as it is goes without its text: the node has to hear of it, whatever it says. */
import type { FinishedParams } from '../../schemas/link.ts'
import { type NodeConnection, RpcError } from '../link/client/keep-connected.ts'
import { attemptRef } from './attempts.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'

/** A node that has not answered by then is asked again at the next connection, milliseconds. */
const FINISHED_TIMEOUT_MS = 30_000

/**
 * Makes what sends an end. It resolves when the node has it on its disk.
 * @param connection - the connection to the node; undefined before the first
 * @throws RpcError where the node did not take it: it is sent again
 */
export const createSending = ({
  connection,
  outbox,
  log,
}: {
  readonly connection: () => NodeConnection | undefined
  readonly outbox: Pick<Outbox, 'add'>
  readonly log: Log
}): ((end: FinishedParams) => Promise<void>) => {
  const request = async (end: FinishedParams): Promise<void> => {
    const open = connection()
    if (open === undefined) throw new RpcError('closed', 'there is no connection yet')
    await open.request('task.finished', end, FINISHED_TIMEOUT_MS)
  }
  return async (end) => {
    try {
      await request(end)
    } catch (error) {
      const isUnsendable = error instanceof RpcError && (error.failure === 'invalid' || error.failure === 'too_large')
      if (!isUnsendable) throw error
      log.error({ err: error, ...attemptRef(end) }, 'a result cannot be sent; its text is left out')
      const unsendable = { code: 'TASK_ERROR', message: 'The result could not be sent.' }
      const bare: FinishedParams = { ...end, outcome: 'failed', result: null, error: unsendable }
      await outbox.add(bare)
      await request(bare)
    }
  }
}
