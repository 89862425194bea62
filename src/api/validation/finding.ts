/** What can be wrong with a request, without any words yet: wording.ts says it in each language. */
import type { ValidationIssue } from '../../../schemas/index.ts'

/** The part of a request that a finding speaks of. */
export type RequestPart = ValidationIssue['in']

/** A number that is out of bounds. */
type OutOfBounds<K> = { readonly kind: K; readonly name: string; readonly limit: number }

/** A text, list or object that is too short or too long. */
type WrongSize<K> = OutOfBounds<K> & { readonly unit: 'characters' | 'items' | 'fields' }

/** What is wrong. `name` is the field or parameter; empty for the part as a whole. */
export type Fault =
  | { readonly kind: 'missing'; readonly name: string }
  | {
      readonly kind: 'unknown'
      readonly name: string
      readonly allowed: readonly string[]
      readonly suggestion?: string
    }
  | { readonly kind: 'repeated'; readonly name: string }
  | { readonly kind: 'type'; readonly name: string; readonly expected: readonly string[]; readonly actual: string }
  | { readonly kind: 'text'; readonly name: string; readonly expected: string }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly allowed: readonly unknown[]
      readonly suggestion?: string
    }
  | OutOfBounds<'least'>
  | OutOfBounds<'most'>
  | OutOfBounds<'above'>
  | OutOfBounds<'below'>
  | WrongSize<'shortest'>
  | WrongSize<'longest'>
  | { readonly kind: 'duplicates'; readonly name: string }
  | { readonly kind: 'pattern'; readonly name: string; readonly pattern: string }
  | { readonly kind: 'instant'; readonly name: string }
  | { readonly kind: 'format'; readonly name: string; readonly format: string }
  | { readonly kind: 'needs-shell' }
  | { readonly kind: 'exactly-one'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'refused'; readonly name: string }
  | { readonly kind: 'not-json'; readonly cause: string }
  | { readonly kind: 'not-utf8' }
  | { readonly kind: 'forbidden-key' }
  | { readonly kind: 'too-deep'; readonly limit: number }
  | { readonly kind: 'too-many'; readonly limit: number }
  | { readonly kind: 'no-body' }
  | { readonly kind: 'needless-body' }
  | { readonly kind: 'cut-short' }
  | { readonly kind: 'bad-url' }
  | { readonly kind: 'bad-http'; readonly cause: string }

/** One thing that is wrong, and where. */
export type Finding = Fault & {
  readonly in: RequestPart
  /** A JSON pointer (RFC 6901) into the part. */
  readonly path: string
}

/** A request that is not valid; the error handler turns it into `VALIDATION_ERROR`. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super('the request is not valid')
    this.findings = findings
  }
}
