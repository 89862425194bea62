/** The two envelopes as values (their schemas: schemas/envelope.ts). */
import {
  errorCodes,
  type ErrorBody,
  type ErrorCode,
  type ErrorDetails,
  type ErrorEnvelope,
  type Success,
} from '../../schemas/index.ts'
import type { Language } from './language.ts'

/** The longest message that its schema allows. */
const LONGEST_MESSAGE = 8192

const now = () => new Date().toISOString()

/** Fills `{name}` in a text of the table from the details; what they do not tell reads `?`. */
const fill = (text: string, details: ErrorDetails): string =>
  text.replace(/\{(\w+)\}/g, (_placeholder, name: keyof ErrorDetails) => {
    const value = details[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
  })

/** The message of an error in a language, from the one table of codes. */
export const messageOf = (code: ErrorCode, details: ErrorDetails, language: Language): string =>
  fill(errorCodes[code][language], details).slice(0, LONGEST_MESSAGE)

/** What went wrong, in words. */
export const errorBody = (code: ErrorCode, details: ErrorDetails, language: Language): ErrorBody => ({
  code,
  message: messageOf(code, details, language),
  details,
})

/** A success around its `data`, which are JSON text already; as JSON text. */
export const succeeded = (data: string, request_id: string): string => {
  const { status, ...after } = { status: 'success', timestamp: now(), request_id } satisfies Omit<
    Success<never>,
    'data'
  >
  // `data` second, as the document shows it.
  return `{"status":"${status}","data":${data},${JSON.stringify(after).slice(1)}`
}

/** An error. */
export const failed = (
  code: ErrorCode,
  details: ErrorDetails,
  language: Language,
  request_id: string,
): ErrorEnvelope => ({
  status: 'error',
  error: errorBody(code, details, language),
  timestamp: now(),
  request_id,
})
