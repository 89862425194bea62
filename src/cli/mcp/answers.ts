/** What an agent is told: the data as structured content, and as text for those that read nothing else. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { Scope } from '../../../schemas/access.ts'
import { isApiError } from '../../client/errors.ts'
import { asFailure } from '../client/failures.ts'
import type { InDoubt } from '../client/under-key.ts'
import { Failure } from '../failure.ts'
import { WrongArguments } from './arguments.ts'
import type { Tool } from './tools.ts'

/** Characters of text that an agent gets at once: some 12,000 tokens, where hosts begin to warn or to cut at 25,000. */
export const TEXT_LIMIT = 50_000

/** The text of a success. What is cut says so, and how to ask for less. */
const shortened = (text: string): string =>
  text.length <= TEXT_LIMIT
    ? text
    : `${text.slice(0, TEXT_LIMIT)}\n… ${text.length - TEXT_LIMIT} characters more: ask for less, by filters or a smaller limit.`

/** The data of an answer. MCP wants it as text besides, for older hosts (specification 2025-06-18, "Structured Content"). */
export const success = (answer: object): CallToolResult => ({
  content: [{ type: 'text', text: shortened(JSON.stringify(answer)) }],
  structuredContent: { ...answer },
})

const failure = (text: string, error: object): CallToolResult => ({
  isError: true,
  content: [{ type: 'text', text }],
  structuredContent: { error },
})

/** The tool is there, and its owner has not allowed it. */
export const notAllowed = ({ id }: Tool, scope: Scope): CallToolResult =>
  failure(
    `${id} needs the scope ${scope}, which this server was not started with: retire-cluster mcp --allow-${scope} has it.`,
    { code: 'PERMISSION_DENIED', details: { scope } },
  )

/** The end of a call as a sentence, like that of a command. @throws what is none of the API's: a bug */
const sentenceOf = (error: unknown, url: string): string => {
  const failure = asFailure(error, url)
  if (failure instanceof Failure) return failure.message
  throw error
}

/** What went wrong, as the agent is told. @param url - where the API was looked for. @throws what is none of ours: a bug */
export const refusal = (error: unknown, url: string): CallToolResult => {
  if (error instanceof WrongArguments) return failure(error.message, { message: error.message })
  const sentence = sentenceOf(error, url)
  if (!isApiError(error)) return failure(sentence, { message: sentence })
  const { code, message, details, request_id } = error
  const more = Object.keys(details).length === 0 ? '' : `\n${shortened(JSON.stringify(details))}`
  return failure(`${sentence}${more}`, { code, message, details, request_id })
}

/** Nobody knows whether it was done; the agent can find out. */
export const inDoubt = ({ key, cause }: InDoubt, url: string): CallToolResult => {
  const message = `${sentenceOf(cause, url)} It may be done all the same: called again with the idempotency_key ${key} it does nothing twice.`
  return failure(message, { message, idempotency_key: key })
}
