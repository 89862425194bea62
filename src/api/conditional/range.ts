/** A part of a representation, as a caller asks for it (RFC 9110 §14). */
import { strongTag } from './etag.ts'

/** Bytes from `start` to before `end`. */
export type ByteRange = { readonly start: number; readonly end: number }

/** What a caller asks for. */
export type RangeRequest = { readonly range: string | undefined; readonly ifRange: string | undefined }

/** One range; several, other units and what is no range at all may be passed over (§14.2). */
const SINGLE = /^bytes[ \t]*=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i

/**
 * The part that is asked for; `whole` where none is, or of another version; `unsatisfiable` where it lies beyond the end (§15.5.17).
 * @param size - of the whole, bytes
 * @param opaque - the strong tag of the whole, without its quotes
 */
export const rangeOf = (
  { range, ifRange }: RangeRequest,
  { size, opaque }: { readonly size: number; readonly opaque: string },
): ByteRange | 'whole' | 'unsatisfiable' => {
  const [, first = '', last = '', suffix = ''] = SINGLE.exec(range ?? '') ?? []
  if (first === '' && suffix === '') return 'whole'
  // Compared strongly, and a date is no tag (§13.1.5).
  if (ifRange !== undefined && ifRange !== strongTag(opaque)) return 'whole'
  if (first === '') {
    const length = Math.min(Number(suffix), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  // A last position before the first makes it no range (§14.1.1).
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end }
}
