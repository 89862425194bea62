/** Entity tags (RFC 9110 §8.8.3), and what callers say of those that they have (§13.1). The schema has let only valid lists through. */
import { hash } from 'node:crypto'

/** 162 bits of a SHA-256: no two bodies share a tag by chance. */
const LENGTH = 27

/** The weak tag of a text. Weak: the envelope around it (`timestamp`, `request_id`) is another each time. */
export const weakTag = (text: string): string => `W/"${hash('sha256', text, 'base64url').slice(0, LENGTH)}"`

/** The strong tag around an opaque value. */
export const strongTag = (opaque: string): string => `"${opaque}"`

const opaqueOf = (tag: string) => tag.replace(/^W\//, '')

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? []

/** Whether `If-None-Match` names the tag, compared weakly (RFC 9110 §13.1.2). */
export const namesTag = (ifNoneMatch: string, tag: string): boolean =>
  ifNoneMatch === '*' || tagsOf(ifNoneMatch).some((candidate) => opaqueOf(candidate) === opaqueOf(tag))

/**
 * The opaque values that `If-Match` accepts; null for any (`*`, or no header). Compared strongly (RFC 9110 §13.1.1): weak tags
 * match nothing.
 */
export const acceptedOpaques = (ifMatch: string | undefined): readonly string[] | null =>
  ifMatch === undefined || ifMatch === '*'
    ? null
    : tagsOf(ifMatch)
        .filter((tag) => !tag.startsWith('W/'))
        .map((tag) => tag.slice(1, -1))
