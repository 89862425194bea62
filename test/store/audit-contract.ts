/** What every implementation of the Store port does with the audit log. */
import type { Test } from 'tap'
import type { NewPlace } from './listing-contract.ts'
import { auditRow, changes, NOON } from './rows.ts'
import { unbounded } from './unbounded.ts'

const MINUTE_MS = 60_000

/** Runs the suite, as subtests of `t`. */
export const auditContract = (t: Test, newPlace: NewPlace): void => {
  void t.test(
    'the audit log comes back newest first, by filter and page, also after the store was opened anew',
    async (t) => {
      const open = newPlace(t)
      const store = await open()
      const rows = [
        auditRow(1, { key_id: null, operation: 'createKey' }),
        auditRow(2, {}, NOON + MINUTE_MS),
        auditRow(3, { key_id: 'key-2', details: { ключ: [1, null] } }, NOON + 2 * MINUTE_MS),
      ]
      const [first, second, third] = rows
      await store.commit(changes({ audit: rows.slice(0, 2) }))
      await store.commit(changes({ audit: rows.slice(2) }))
      await store.close()
      const again = await open()
      t.match((await again.load()).auditHead, { sequence: 3, hash: third?.entry.hash })
      t.strictSame(await again.audit({}, { limit: 10 }), rows.toReversed())
      t.strictSame(await again.audit({}, { limit: 1, before: 3 }), [second])
      t.strictSame(await again.audit({ operation: 'createKey' }, { limit: 10 }), [first])
      t.strictSame(await again.audit({ key_id: 'key-2', operation: 'createKey' }, { limit: 10 }), [])
      t.strictSame(await again.audit({ since_ms: NOON + MINUTE_MS, until_ms: NOON + 2 * MINUTE_MS }, { limit: 10 }), [
        second,
      ])
      t.equal(await again.auditCount({}), 3)
      t.equal(await again.auditCount({ key_id: 'key-1' }), 1)
      t.equal(await again.auditAnchor(), undefined)
      await again.close()
    },
  )

  void t.test('the audit log ages out from its old end, and what goes on is anchored', async (t) => {
    const open = newPlace(t)
    const store = await open()
    const rows = [0, 1, 2, 3, 1].map((minute, index) => auditRow(index + 1, {}, NOON + minute * MINUTE_MS))
    await store.commit(changes({ audit: rows }))
    const sequences = async () => (await store.audit({}, { limit: 10 })).map(({ entry }) => entry.sequence)
    await store.prune(unbounded)
    t.same(await sequences(), [5, 4, 3, 2, 1])
    await store.prune({ ...unbounded, auditSince_ms: NOON + MINUTE_MS })
    t.same(await sequences(), [5, 4, 3, 2])
    t.match(await store.auditAnchor(), { sequence: 1, hash: rows[0]?.entry.hash })
    await store.prune({ ...unbounded, auditSince_ms: NOON + 2 * MINUTE_MS })
    t.same(await sequences(), [5, 4, 3], 'a line whose clock was behind stays until those before it go')
    await store.prune({ ...unbounded, maxAuditEntries: 1 })
    t.same(await sequences(), [5])
    await store.prune({ ...unbounded, maxAuditEntries: 0 })
    t.same(await sequences(), [])
    t.match(
      (await store.load()).auditHead,
      { sequence: 5, hash: rows[4]?.entry.hash },
      'an empty chain goes on all the same',
    )
    await store.close()
  })
}
