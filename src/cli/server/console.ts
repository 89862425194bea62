/** What is done on the machine of the node itself, for the audit log. */
import type { Deed } from '../../../schemas/access.ts'

/** The making of a key, by a program and not over HTTP. */
export const deedAt = (operation: 'firstKey' | 'newAdminKey'): Deed => ({
  key_id: null,
  address: 'console',
  operation,
  target: null,
  target_at: '/key/id',
  outcome: 201,
  details: {},
})
