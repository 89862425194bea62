/** What an agent is told: the data as structured content, and as text for those that read nothing else. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { Scope } from '../../../schemas/access.ts'
import { isApiError } from '../../client/errors.ts'
import { asFailure } from '../client/failures.ts'
import type { InDoubt } from '../client/under-key.ts'
import { Failure } from '../failure.ts'
import { WrongArguments } from './arguments.ts'
import { beginning } from './cut.ts'
import type { Tool } from './tools.ts'

/** Characters of text that an agent gets at once: some 12,000 tokens, where hosts begin to warn or to cut at 25,000. */
export const TEXT_LIMIT = 50_000

/** Characters of one text within an answer, such as the output of a task in a listing. */
const STRING_LIMIT = 10_000

const cut = (text: string, limit: number, advice: string): string => {
  const head = beginning(text, limit)
  return text.length <= limit ? text : `${head}… (${text.length - head.length} characters more; ${advice})`
}

/** An answer of the API with every long text cut: a page of tasks may hold 50 MiB of output, and one of them fills an agent's memory. */
export const bounded = (value: unknown): unknown => {
  if (typeof value === 'string') return cut(value, STRING_LIMIT, 'getTaskOutput gives what a task printed')
  if (Array.isArray(value)) return value.map(bounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, bounded(part)]))
}

const asText = (answer: object): string =>
  cut(JSON.stringify(answer), TEXT_LIMIT, 'ask for less, by filters or a smaller limit')

/** A success. MCP wants its data as text besides, for older hosts (specification 2025-06-18, "Structured Content"). */
export const success = (answer: object): CallToolResult => ({
  content: [{ type: 'text', text: asText(answer) }],
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
  const more = Object.keys(details).length === 0 ? '' : `\n${asText(details)}`
  return failure(`${sentence}${more}`, { code, message, details, request_id })
}

/** Nobody knows whether it was done; the agent can find out. */
export const inDoubt = ({ key, cause }: InDoubt, url: string): CallToolResult => {
  const message = `${sentenceOf(cause, url)} It may be done all the same: called again with the idempotency_key ${key} it does nothing twice.`
  return failure(message, { message, idempotency_key: key })
}
