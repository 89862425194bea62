/**
 * Arrays of one dimension as PostgreSQL takes them in binary (`array_recv` in src/backend/utils/adt/arrayfuncs.c): the number of
 * dimensions, whether there is a NULL, the type of the elements, how many there are, the first index; then each element behind its length,
 * which is -1 for NULL. Integers are big-endian. So nobody has to escape and parse texts that are JSON themselves.
 */
import type { Value } from '../slots.ts'

const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const NULL_LENGTH = -1
/** What the upper half of a bigint counts. */
const UPPER_UNIT = 2 ** 32

type Kind = {
  /** Of pg_type.dat. */
  readonly oid: number
  readonly bytesOf: (value: string | number) => number
  readonly write: (into: Buffer, value: string | number, at: number) => void
}

const kinds = {
  bigint: {
    oid: 20,
    bytesOf: () => 8,
    write: (into, value, at) => {
      if (typeof value === 'string' || !Number.isSafeInteger(value))
        throw new RangeError(`${typeof value} ${value} is no integer that is exact in a double`)
      const high = Math.floor(value / UPPER_UNIT)
      into.writeInt32BE(high, at)
      into.writeUInt32BE(value - high * UPPER_UNIT, at + 4)
    },
  },
  text: {
    oid: 25,
    bytesOf: (value) => Buffer.byteLength(String(value)),
    write: (into, value, at) => void into.write(String(value), at),
  },
} as const satisfies Record<string, Kind>

/** The types of elements: `bigint` takes integers that are exact in a double; of `text` a lone surrogate becomes U+FFFD. */
export type ElementType = keyof typeof kinds

/**
 * Makes one of at least one element, null for NULL: an empty array has no dimension, and is not needed.
 * @throws RangeError where one of `bigint` is no integer that is exact in a double
 */
export const binaryArray = (type: ElementType, values: readonly Value[]): Buffer => {
  const { oid, bytesOf, write }: Kind = kinds[type]
  const lengths = values.map((value) => (value === null ? NULL_LENGTH : bytesOf(value)))
  const bytes = lengths.reduce((sum, length) => sum + LENGTH_BYTES + Math.max(0, length), HEADER_BYTES)
  const array = Buffer.allocUnsafe(bytes)
  for (const [place, value] of [1, values.includes(null) ? 1 : 0, oid, values.length, 1].entries())
    array.writeInt32BE(value, 4 * place)
  let at = HEADER_BYTES
  for (const [index, value] of values.entries()) {
    const length = lengths[index] ?? NULL_LENGTH
    at = array.writeInt32BE(length, at)
    if (value === null) continue
    write(array, value, at)
    at += length
  }
  return array
}
