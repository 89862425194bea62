/** The chain of the audit log: each line is hashed with the hash of the one before it, so that none can be changed unseen. */
import { hash } from 'node:crypto'
import type { AuditAnchor, AuditEntry } from '../../schemas/index.ts'
import { canonicalJson } from './canonical.ts'

/** What the first line goes on from. */
export const GENESIS: AuditAnchor = { sequence: 0, hash: '0'.repeat(64) }

/** A line without its hash. */
export type Unchained = Omit<AuditEntry, 'hash'>

/** SHA-256, hexadecimal, over the hash of the line before, a line feed, and the line as canonical JSON (RFC 8785). */
export const chainHash = (line: Unchained, previous: string): string =>
  hash('sha256', `${previous}\n${canonicalJson(line)}`)

/** A line with its hash. */
export const chained = (line: Unchained, previous: string): AuditEntry => ({ ...line, hash: chainHash(line, previous) })
