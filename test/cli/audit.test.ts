import t from 'tap'
import { chained, GENESIS } from '../../src/cluster/audit-chain.ts'
import type { AuditAnchor, AuditEntry, AuditList } from '../../schemas/index.ts'
import { startFakeApi } from './fake-api.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

/** A chain of so many lines, oldest first. */
const chainOf = (lines: number): AuditEntry[] => {
  const chain: AuditEntry[] = []
  let before: AuditAnchor = GENESIS
  for (let sequence = 1; sequence <= lines; sequence += 1) {
    const line = {
      sequence,
      timestamp: '2026-11-24T12:00:00.000Z',
      key_id: 'key-1',
      address: '192.0.2.1',
      operation: 'submitTask',
      target: `task-${sequence}`,
      outcome: 201,
      details: { request_id: 'r', a: { z: 1, b: null } },
    }
    const entry = chained(line, before.hash)
    chain.push(entry)
    before = entry
  }
  return chain
}

/** The API as it would give a chain out, two lines a page. */
const pagesOf = (chain: readonly AuditEntry[], anchor: AuditAnchor | null): { data: AuditList }[] => {
  const newestFirst = chain.toReversed()
  const pages = Array.from({ length: Math.max(1, Math.ceil(chain.length / 2)) }, (_, page) =>
    newestFirst.slice(2 * page, 2 * page + 2),
  )
  return pages.map((entries, page) => ({
    data: { entries, total: chain.length, anchor, next_cursor: page + 1 < pages.length ? `page-${page + 1}` : null },
  }))
}

const verify = async (
  t: Parameters<typeof temporaryDirectory>[0],
  chain: readonly AuditEntry[],
  anchor: AuditAnchor | null = null,
  ...args: string[]
) => {
  const { url, asked } = await startFakeApi(t, pagesOf(chain, anchor))
  const environment = { XDG_CONFIG_HOME: temporaryDirectory(t), RETIRE_CLUSTER_API_URL: url }
  const outcome = await runToEnd(t, entry('client'), ['audit', 'verify', ...args], environment)
  return { ...outcome, asked }
}

const chain = chainOf(5)
const [first, second, third, fourth, last] = chain as [AuditEntry, AuditEntry, AuditEntry, AuditEntry, AuditEntry]

void t.test('a whole chain is read page by page, and its last line is printed, to be noted', async (t) => {
  const { code, stdout, asked } = await verify(t, chain)
  t.equal(code, 0)
  t.match(stdout, /^lines +5$/m)
  t.match(stdout, new RegExp(`^last +5:${last.hash}$`, 'm'))
  t.same(
    asked.map(({ url }) => url),
    ['/api/v1/audit?limit=1000', '/api/v1/audit?limit=1000&cursor=page-1', '/api/v1/audit?limit=1000&cursor=page-2'],
  )
})

void t.test('one whose old end has aged out goes on from its anchor', async (t) => {
  const kept = chain.slice(2)
  t.match(await verify(t, kept, second), { code: 0, stdout: /^first_sequence +3$/m })
  t.match(await verify(t, kept), { code: 1, stderr: /line 1 is missing/ })
  t.match(await verify(t, kept, { ...second, hash: first.hash }), {
    code: 1,
    stderr: /line 3 is not as it was written/,
  })
})

void t.test('the first line that is not as it was written is named, with exit code 1', async (t) => {
  const edited = [first, { ...second, target: 'task-9' }, { ...third, outcome: 403 }, fourth, last]
  t.match(await verify(t, edited), { code: 1, stdout: '', stderr: /broken: line 2 is not as it was written\./ })
  t.match(await verify(t, [first, second, fourth, last]), { code: 1, stderr: /line 3 is missing/ })
  t.match(await verify(t, [second, ...chain.slice(2)]), { code: 1, stderr: /line 1 is missing/ })
})

void t.test('a log that was written anew, or cut short, is found by a line that was noted', async (t) => {
  const known = `--known=4:${fourth.hash}`
  t.equal((await verify(t, chain, null, known)).code, 0)
  t.match(await verify(t, chain.slice(0, 3), null, known), { code: 1, stderr: /line 4 is not the one that was known/ })
  t.match(await verify(t, chain, null, `--known=4:${third.hash}`), { code: 1, stderr: /line 4 is not/ })
  const kept = [third, fourth, last] as const
  t.equal((await verify(t, kept, second, `--known=2:${second.hash}`)).code, 0, 'it is the anchor by now')
  t.match(await verify(t, kept, second, `--known=2:${first.hash}`), { code: 1, stderr: /line 2 is not the one/ })
  t.match(await verify(t, chain, null, '--known=4'), { code: 2, stderr: /SEQUENCE:HASH/ })
})
