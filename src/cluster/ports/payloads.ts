/** Payloads of owners' own task types, as the domain has them checked. */

/** What is wrong with a payload. */
export interface PayloadProblem {
  /** Where in it, as a JSON pointer (RFC 6901); empty for the whole of it. */
  readonly path: string
  /** What is wrong there, to be read after the place: `must be integer`. */
  readonly message: string
}

/**
 * What is wrong with a payload by the JSON Schema that a device offers. Nothing, too, where the schema cannot be read: the device is
 * left to judge, which checks what it is given as well.
 */
export type PayloadProblemsOf = (schema: object, payload: object) => readonly PayloadProblem[]
