/** The units and identifiers of the contract. Bounds stand here once. */
import {
  type Static,
  type TUnsafe,
  type TString,
  Type,
  type TSchema,
  type TNumber,
  type TInteger,
} from '@sinclair/typebox'

/** The largest count or size that the wire carries: JSON numbers are exact up to it. */
export const MAX_SAFE = Number.MAX_SAFE_INTEGER

/** What ids are made of (CONTRACT.md §3): 1–64 of `[A-Za-z0-9._-]`. */
export const ID_PATTERN = '^[A-Za-z0-9._-]{1,64}$'

/** An identifier of 1–64 characters. */
export const id = (description: string, more: Record<string, unknown> = {}): TString =>
  Type.String({ description, minLength: 1, maxLength: 64, pattern: ID_PATTERN, ...more })

/** Text with a bound. */
export const text = (description: string, maxLength: number, more: Record<string, unknown> = {}): TString =>
  Type.String({ description, maxLength, ...more })

/** An instant as the wire carries it: RFC 3339, UTC, milliseconds, `Z`. */
export const instant = (description: string, example = '2026-11-24T12:00:00.000Z'): TString =>
  Type.String({
    description,
    format: 'date-time',
    minLength: 24,
    maxLength: 24,
    examples: [example],
  })

/** An instant as a caller may write it in a body: RFC 3339, in any zone, to any part of a second. */
export const instantGiven = (description: string, example: string): TString =>
  Type.String({
    description: `${description} RFC 3339, in any zone.`,
    format: 'date-time',
    minLength: 20,
    maxLength: 40,
    examples: [example],
  })

/** A day that exists, in every year; the 29th of February only in leap years (RFC 3339 §5.7 and appendix C). */
const DAY = [
  '\\d{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '\\d{4}-(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '\\d{4}-02-(?:0[1-9]|1\\d|2[0-8])',
  '(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29',
].join('|')
const HOUR_AND_MINUTE = '(?:[01]\\d|2[0-3]):[0-5]\\d'

/**
 * Instants in query strings: seconds since 1970, up to three decimals, or an RFC 3339 date-time that exists. Leap seconds are
 * not taken: no clock here has them.
 */
export const INSTANT_PATTERN = `^(?:\\d{1,11}(?:\\.\\d{1,3})?|(?:${DAY})[Tt]${HOUR_AND_MINUTE}:[0-5]\\d(?:\\.\\d{1,9})?(?:[Zz]|[+-]${HOUR_AND_MINUTE}))$`

/** An instant as a caller may write it in a query: RFC 3339 or Unix seconds. */
export const instantQuery = (description: string): TString =>
  Type.String({
    description: `${description} RFC 3339, or seconds since 1970.`,
    maxLength: 40,
    pattern: INSTANT_PATTERN,
    examples: ['2026-11-24T12:00:00Z'],
  })

/** Where to go on in a listing. Opaque to callers: base64url (RFC 4648 §5). */
export const cursorQuery = (): TString =>
  Type.String({
    description: '`next_cursor` of the page before, with the same filters.',
    minLength: 1,
    maxLength: 512,
    pattern: '^[A-Za-z0-9_-]+$',
  })

/** A share of the whole, 0–100, with one decimal. */
export const percentage = (description: string): TNumber =>
  Type.Number({ description: `${description} Percent, 0–100, one decimal.`, minimum: 0, maximum: 100 })

/** A size in GiB (2^30 bytes) with at most two decimals. */
export const gigabytes = (description: string): TNumber =>
  Type.Number({ description: `${description} GiB (2^30 bytes), at most two decimals.`, minimum: 0, maximum: 1e9 })

/** A count of things. */
export const count = (description: string): TInteger => Type.Integer({ description, minimum: 0, maximum: MAX_SAFE })

/** A duration in seconds. */
export const seconds = (description: string): TNumber =>
  Type.Number({ description: `${description} Seconds.`, minimum: 0, maximum: 1e12 })

/** A duration in milliseconds, three decimals. */
export const milliseconds = (description: string): TNumber =>
  Type.Number({ description: `${description} Milliseconds, three decimals.`, minimum: 0, maximum: 1e12 })

/** A whole number between two bounds. */
export const integer = (description: string, minimum: number, maximum: number): TInteger =>
  Type.Integer({ description, minimum, maximum })

/** Any JSON value. */
export const anyJson = (description: string): TUnsafe<unknown> => Type.Unsafe<unknown>({ description })

/** A JSON object whose fields somebody else decides. */
export const anyObject = (description: string, more: Record<string, unknown> = {}): TUnsafe<Record<string, unknown>> =>
  Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    description,
    additionalProperties: true,
    maxProperties: 10_000,
    ...more,
  })

/** A list with a bound. */
export const list = <T extends TSchema>(
  item: T,
  description: string,
  maxItems: number,
  more: Record<string, unknown> = {},
) => Type.Array(item, { description, maxItems, ...more })

/** An object used as a map from ids to values. (Type.Record would write `patternProperties`, which lets keys with line breaks pass unchecked, and which generators of clients do not read.) */
export const mapOf = <T extends TSchema>(value: T, description: string, maxProperties = 100_000) =>
  Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: value, description, maxProperties })
