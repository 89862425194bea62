/** An example of the audit log. */
import type { AuditList } from '../../../schemas/index.ts'

/** A page with one line of many: somebody removed a key. */
export const auditList: AuditList = {
  entries: [
    {
      sequence: 1024,
      timestamp: '2026-11-24T12:00:00.000Z',
      key_id: 'key-0a7d3k5p9w',
      address: '192.168.1.20',
      operation: 'removeKey',
      target: 'key-4t0z9q2m1x',
      outcome: 200,
      details: { request_id: '5f2b6a0e-3b7e-4f7e-9a53-0f8f6f3f2d11' },
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
  ],
  total: 24,
  anchor: { sequence: 1000, hash: '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752' },
  next_cursor: 'WyI0ZTk5Q2xVbE5zdTciLDEwMjRd',
}
