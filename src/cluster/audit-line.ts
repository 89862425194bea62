/** A line of the audit log, made from a deed and its answer. */
import type { AuditEntry, Deed } from '../../schemas/index.ts'

/** Ids that a line names at most. */
const MOST_TARGETS = 100

const idOf = (item: unknown): unknown => {
  if (typeof item !== 'object' || item === null) return item
  const { device_id, task_id } = item as { device_id?: unknown; task_id?: unknown }
  return device_id ?? task_id
}

/** What an answer has at a JSON pointer (RFC 6901, of names without `~` and `/`). */
const at = (answer: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], answer)

/** A line of the log without its place in it. */
export type AuditLine = Omit<AuditEntry, 'sequence' | 'timestamp' | 'hash'>

/** The line that tells of a deed. What is new is found in the answer, what are many, in `details`. */
export const lineOf = ({ target_at, ...deed }: Deed, answer?: unknown): AuditLine => {
  if (target_at === null || answer === undefined) return deed
  const found = at(answer, target_at)
  if (typeof found === 'string') return { ...deed, target: found }
  if (!Array.isArray(found)) return deed
  const targets = found.map(idOf).filter((id) => typeof id === 'string')
  return { ...deed, details: { ...deed.details, count: targets.length, targets: targets.slice(0, MOST_TARGETS) } }
}
