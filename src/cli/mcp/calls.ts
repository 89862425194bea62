/** The call of a tool: its arguments become a request, and what comes of it an answer for the agent. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { Arguments, Connection } from '../../client/connection.ts'
import { newIdempotencyKey } from '../../client/idempotency.ts'
import type { OperationId } from '../../client/operations.ts'
import { pingSeconds } from '../../client/resources/devices.ts'
import { InDoubt, underKey } from '../client/under-key.ts'
import { bounded, inDoubt, refusal, success } from './answers.ts'
import { ask, type Asked, type Given } from './arguments.ts'
import { pieceOf, readOutput } from './task-output.ts'
import type { Tool } from './tools.ts'

/** How long a lost answer is asked for again: with what `wait` may add, hosts are still there. */
const PATIENCE_MS = 8_000

/** The API that the tools call. */
export type CalledApi = {
  readonly connection: Connection
  /** Where it is, for the sentences of errors. */
  readonly url: string
}

/** Seconds that the API was asked to take beyond an answer. */
const waitSeconds = (tool: Tool, { query, body = {} }: Asked): number => {
  // A body that the API will refuse is no time.
  if (tool.id === 'pingDevice') return pingSeconds(body) || 0
  return typeof query.wait === 'number' ? query.wait : 0
}

/** The tool decides at run time which operation it is: the types of none of them are at hand here. */
const argumentsOf = (tool: Tool, asked: Asked, signals: readonly (AbortSignal | undefined)[]) =>
  ({
    path: asked.path,
    query: asked.query,
    call: { signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)) },
    waitSeconds: waitSeconds(tool, asked),
    ...(asked.body === undefined ? {} : { body: asked.body }),
  }) as Arguments<OperationId>

const answerOf = async (connection: Connection, tool: Tool, asked: Asked, signal: AbortSignal): Promise<object> => {
  if (tool.id === 'getTaskOutput') {
    const offset = Number(asked.query.offset ?? 0)
    return pieceOf(await readOutput(connection, asked.path.task_id ?? '', offset, signal), offset)
  }
  const call = async (args: Arguments<OperationId>) => bounded(await connection.call(tool.id, args)) as object
  if (tool.places.idempotency_key === undefined) return call(argumentsOf(tool, asked, [signal]))
  const { idempotency_key: key = newIdempotencyKey() } = asked
  return underKey(
    { key, step: 0 },
    ({ call: { signal: patience } = {}, ...how }) => call({ ...argumentsOf(tool, asked, [signal, patience]), ...how }),
    () => AbortSignal.timeout(PATIENCE_MS),
  )
}

/** Calls a tool. Rejects only where the agent has lost interest, or for a bug. */
export const callTool = async (
  { connection, url }: CalledApi,
  tool: Tool,
  given: Given,
  signal: AbortSignal,
): Promise<CallToolResult> => {
  try {
    return success(await answerOf(connection, tool, ask(tool, given), signal))
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof InDoubt ? inDoubt(error, url) : refusal(error, url)
  }
}
