/** `retire-cluster audit`: who did what, and whether the log of it is whole. */
import type { AuditAnchor, AuditEntry, AuditList } from '../../../schemas/access.ts'
import { AuditListQuery } from '../../../schemas/access.ts'
import { chainHash, GENESIS } from '../../cluster/audit-chain.ts'
import { Failure } from '../failure.ts'
import { optional } from '../options/flag.ts'
import { ofSchema, parsed, text } from '../options/readers.ts'
import { type Api, named } from './api.ts'
import { command, type CommandGroup } from './command.ts'
import { type Column, printList, printRecord } from './output.ts'
import { tellOfMore } from './paging.ts'

/** The longest page that the API gives. */
const LONGEST_PAGE = 1000

const query = AuditListQuery.properties

const columns: readonly Column<AuditEntry>[] = [
  { name: 'sequence', of: ({ sequence }) => sequence },
  { name: 'timestamp', of: ({ timestamp }) => timestamp },
  { name: 'key_id', of: ({ key_id }) => key_id },
  { name: 'address', of: ({ address }) => address },
  { name: 'operation', of: ({ operation }) => operation },
  { name: 'target', of: ({ target }) => target },
  { name: 'outcome', of: ({ outcome }) => outcome },
  { name: 'details', of: ({ details }) => JSON.stringify(details) },
]

/** `SEQUENCE:HASH`, as `verify` prints the last line. */
const parseKnown = (written: string): AuditAnchor | undefined => {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(written) ?? []
  return hash === undefined ? undefined : { sequence: Number(sequence), hash }
}

/** What is wrong with a line, given the one before it; undefined where nothing is. */
const faultOf = (line: AuditEntry, before: AuditAnchor): string | undefined => {
  const { hash, ...unchained } = line
  if (line.sequence !== before.sequence + 1) return `line ${before.sequence + 1} is missing`
  return hash === chainHash(unchained, before.hash) ? undefined : `line ${line.sequence} is not as it was written`
}

/** What is found in the whole log, read from its newest line to its oldest. */
type Found = { lines: number; head: AuditAnchor; oldest: AuditAnchor; fault: string | undefined }

const readAll = async (api: Api, known: AuditAnchor | undefined): Promise<Found> => {
  const found: Found = { lines: 0, head: GENESIS, oldest: GENESIS, fault: undefined }
  let later: AuditEntry | undefined
  let anchor: AuditAnchor = GENESIS
  let isKnownThere = known === undefined
  // Read backwards, the fault that is found last is the first of the chain.
  const check = (line: AuditEntry, before: AuditAnchor) => {
    found.fault = faultOf(line, before) ?? found.fault
  }
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: AuditList = await api.call('listAudit', {
      query: { limit: LONGEST_PAGE, ...(cursor === undefined ? {} : { cursor }) },
    })
    for (const line of page.entries) {
      if (later === undefined) found.head = line
      else check(later, line)
      if (line.sequence === known?.sequence) isKnownThere = line.hash === known.hash
      later = line
      found.lines += 1
    }
    anchor = page.anchor ?? GENESIS
    cursor = page.next_cursor
  }
  if (later !== undefined) check(later, anchor)
  found.oldest = later ?? anchor
  const agedOut = known !== undefined && known.sequence < anchor.sequence
  // The line before the oldest: it is gone, and its hash is still known.
  if (known?.sequence === anchor.sequence) isKnownThere = known.hash === anchor.hash
  if (!isKnownThere && !agedOut) found.fault ??= `line ${known?.sequence ?? 0} is not the one that was known`
  return found
}

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'list',
    summary: 'List who changed what, and who was refused, newest first.',
    flags: {
      key_id: optional(ofSchema(query.key_id, 'KEY_ID'), 'Only lines of this key.'),
      operation: optional(
        ofSchema(query.operation, 'OPERATION'),
        'Only lines of this operation, such as removeDevice.',
      ),
      since: optional(text('INSTANT'), 'Only lines at or after this instant: RFC 3339 or Unix seconds.'),
      until: optional(text('INSTANT'), 'Only lines before this instant.'),
      limit: optional(ofSchema(query.limit, 'N'), 'Lines a page.', '100'),
      cursor: optional(text('CURSOR'), 'The next page, as the one before named it.'),
    },
    examples: ['retire-cluster audit list --operation removeDevice --output csv'],
    run: async ({ api, output }, values) => {
      const list = await api.call('listAudit', { query: named(values) })
      await printList(output, { whole: list, rows: list.entries, columns })
      tellOfMore(output, list.next_cursor)
    },
  }),
  command({
    name: 'verify',
    summary: 'Read the whole log, and check that every line is as it was written.',
    flags: {
      known: optional(
        parsed('SEQUENCE:HASH', parseKnown, 'SEQUENCE:HASH, as verify prints it'),
        'A last line that was noted before: checks that it is still there, so that nobody wrote the log anew.',
      ),
    },
    examples: ['retire-cluster audit verify'],
    run: async ({ api, output }, { known }) => {
      const { lines, head, oldest, fault } = await readAll(api, known)
      if (fault !== undefined) throw new Failure(1, `The audit log is broken: ${fault}.`)
      const last = `${head.sequence}:${head.hash}`
      await printRecord(output, { lines, first_sequence: lines === 0 ? null : oldest.sequence, last })
    },
  }),
]
