/** Files in the database: as on a disk, and for the node alone that has the lease. */
import { Readable } from 'node:stream'
import t from 'tap'
import { openMembership } from '../../../src/store/postgres/membership.ts'
import { contentOf, filesContract } from '../../store/files/files-contract.ts'
import { bodyOf, sha256Of, someBytes } from '../../store/files/world.ts'
import { silent } from '../../store/silent.ts'
import { until } from '../../start-cluster.ts'
import { startPostgres } from './server.ts'

type Test = typeof t

// What is on a disk after a crash is asked by the faults.
const server = await startPostgres(t, { fsync: 'off', full_page_writes: 'off' })
let places = 0

const openPlace = async (t: Pick<Test, 'testdir' | 'teardown'>, url: string) => {
  const membership = await openMembership({ url, dataDir: t.testdir(), log: silent })
  const seat = await membership.takeOver(() => undefined)
  if (seat === undefined) throw new Error('another node has the lease')
  const close = async () => {
    await seat.store.close()
    await membership.leave()
  }
  return { ...seat, close }
}

filesContract(t, async (t) => {
  const url = await server.database(`files_${(places += 1)}`)
  let place = await openPlace(t, url)
  t.teardown(() => place.close())
  const SET = 'SET search_path = retire_cluster;'
  return {
    files: place.files,
    again: async () => {
      await place.close()
      place = await openPlace(t, url)
      return place.files
    },
    things: () =>
      until('what has no name is gone', async () => {
        const [count] = await server.query<{ all: number; nameless: number }>(
          url,
          `SELECT count(*)::int AS all, (count(*) FILTER (WHERE sha256 IS NULL))::int AS nameless FROM retire_cluster.files`,
        )
        return count?.nameless === 0 ? count.all : undefined
      }),
    damage: async (sha256) => {
      await server.query(
        url,
        `${SET} UPDATE file_pieces SET bytes = set_byte(bytes, 100, get_byte(bytes, 100) # 1)
          WHERE number = 0 AND file = (SELECT id FROM files WHERE sha256 = '${sha256}')`,
      )
    },
    age: async (sha256, what, used_ms) => {
      await server.query(url, `UPDATE retire_cluster.files SET used_ms = $1 WHERE sha256 = $2 AND is_whole = $3`, [
        used_ms,
        sha256,
        what === 'whole',
      ])
    },
    clutter: async () => {
      await server.query(url, `INSERT INTO retire_cluster.files (used_ms, owner) VALUES (0, 'of a killed one')`)
    },
  }
})

void t.test('a file of many pieces is as it came, in any part of it', async (t) => {
  const place = await openPlace(t, await server.database('large'))
  const bytes = someBytes(3_000_001)
  const sha256 = sha256Of(bytes)
  await place.files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: bytes.length })
  t.same(await contentOf(place.files, sha256, 0), bytes)
  for (const [start, end] of [
    [0, 262_144],
    [262_143, 262_145],
    [262_144, 524_288],
    [2_999_999, 3_000_001],
  ] as const)
    t.same(await contentOf(place.files, sha256, start, end), bytes.subarray(start, end), `${start} to ${end}`)
  await place.close()
})

void t.test('a node that was deposed names no file, and removes none', async (t) => {
  const url = await server.database('deposed_files')
  const first = await openPlace(t, url)
  const bytes = someBytes()
  const sha256 = sha256Of(bytes)
  await first.files.write({ sha256, offset: 0, body: bodyOf(bytes), maxBytes: bytes.length })
  const other = someBytes()
  const { promise: going, resolve: go } = Promise.withResolvers<undefined>()
  const slow = Readable.from(
    (async function* () {
      yield other.subarray(0, 50_000)
      await going
      yield other.subarray(50_000)
    })(),
    { objectMode: false },
  )
  const writing = first.files
    .write({ sha256: sha256Of(other), offset: 0, body: slow, maxBytes: other.length })
    .catch((error: unknown) => error)
  await server.query(url, `UPDATE retire_cluster.head SET until = '-infinity', holder = 'gone'`)
  const second = await openPlace(t, url)
  go(undefined)
  t.match(await writing, { name: 'StoreError', kind: 'deposed' })
  t.equal(await second.files.stat(sha256Of(other)), undefined)
  await t.rejects(first.files.remove(sha256), { name: 'StoreError', kind: 'deposed' })
  t.same(await contentOf(second.files, sha256, 0), bytes)
  t.match(
    await second.files.write({ sha256: sha256Of(other), offset: 0, body: bodyOf(other), maxBytes: other.length }),
    { bytes: other.length },
    'the other one takes it from the beginning',
  )
  await first.close()
  await second.close()
})
