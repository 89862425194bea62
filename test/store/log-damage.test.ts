import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { changes, taskRow } from './rows.ts'
import { silent } from './silent.ts'

const COMMITS = 12
/** Header of the log, and a frame of it: https://www.sqlite.org/fileformat2.html#walformat */
const HEADER = 32
const FRAME = 24 + 4096

/** What a kill leaves of a store with some commits, and a way to open copies of it. */
const killed = async (t: Test) => {
  const root = t.testdir({ live: {}, killed: {} })
  const dataDir = join(root, 'live')
  const store = await openSqliteStore({ dataDir, log: silent })
  for (let sequence = 1; sequence <= COMMITS; sequence += 1) await store.commit(changes({ tasks: [taskRow(sequence)] }))
  for (const name of readdirSync(dataDir)) copyFileSync(join(dataDir, name), join(root, 'killed', name))
  await store.close()

  /** A copy, with what happened to it. */
  const copy = (files: readonly string[], happened: (log: string) => void) => {
    const directory = mkdtempSync(join(root, 'copy-'))
    for (const name of files) copyFileSync(join(root, 'killed', name), join(directory, name))
    happened(join(directory, 'cluster.db-wal'))
    return directory
  }
  const withIndex = (happened: (log: string) => void) =>
    copy(['cluster.db', 'cluster.db-wal', 'cluster.db-shm'], happened)
  const withoutIndex = (happened: (log: string) => void) => copy(['cluster.db', 'cluster.db-wal'], happened)
  const log = readFileSync(join(root, 'killed', 'cluster.db-wal'))
  return { withIndex, withoutIndex, log, frames: (log.length - HEADER) / FRAME }
}

const flip = (position: number) => (path: string) => {
  const bytes = readFileSync(path)
  bytes.writeUInt8((bytes[position] ?? 0) ^ 0xff, position)
  writeFileSync(path, bytes)
}

/** The tasks of a store that opens. */
const tasksIn = async (dataDir: string): Promise<number> => {
  const store = await openSqliteStore({ dataDir, log: silent })
  const { unfinishedTasks } = await store.load()
  await store.close()
  return unfinishedTasks.length
}

const refusedUntouched = async (t: Test, dataDir: string, message: RegExp, what: string) => {
  const contents = () =>
    readdirSync(dataDir)
      .filter((name) => name.startsWith('cluster.db'))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dataDir, name)))
          .digest('hex'),
      ])
  const before = contents()
  const refusal = { name: 'DataDirectoryError', kind: 'corrupt', message }
  await t.rejects(openSqliteStore({ dataDir, log: silent }), refusal, what)
  t.strictSame(contents(), before, `${what}: and nothing was changed`)
}

void t.test('a log that a kill left is read whole', async (t) => {
  const { withIndex, withoutIndex } = await killed(t)
  t.equal(await tasksIn(withIndex(() => undefined)), COMMITS)
  t.equal(await tasksIn(withoutIndex(() => undefined)), COMMITS)
})

void t.test('a write that was never finished is no damage', async (t) => {
  const { withIndex, withoutIndex, log } = await killed(t)
  const torn = (length: number) => (path: string) =>
    writeFileSync(path, Buffer.concat([log, log.subarray(HEADER, HEADER + length).map((byte) => byte ^ 1)]))
  for (const length of [1, 24, 25, FRAME, FRAME + 100, 3 * FRAME]) {
    t.equal(await tasksIn(withIndex(torn(length))), COMMITS, `${length} bytes more`)
    t.equal(await tasksIn(withoutIndex(torn(length))), COMMITS, `${length} bytes more, and no index`)
  }
})

void t.test('a log that was cut is refused: it ends before commits that were acknowledged', async (t) => {
  const { withIndex, log, frames } = await killed(t)
  const sizes = [HEADER, HEADER + FRAME, HEADER + 2 * FRAME - 1, HEADER + (frames - 1) * FRAME, log.length - 1]
  for (const size of sizes)
    await refusedUntouched(
      t,
      withIndex((path) => truncateSync(path, size)),
      /ends after/,
      `cut to ${size} bytes`,
    )
  await refusedUntouched(
    t,
    withIndex((path) => truncateSync(path, 0)),
    /log is gone/,
    'cut to nothing',
  )
  await refusedUntouched(
    t,
    withIndex((path) => rmSync(path)),
    /log is gone/,
    'removed',
  )
})

void t.test('a damaged log is refused, wherever it was hit', async (t) => {
  const { withIndex, withoutIndex, frames } = await killed(t)
  for (const position of [0, 5, 9, 17, 25, 31])
    await refusedUntouched(t, withoutIndex(flip(position)), /header of its write-ahead log/, `byte ${position}`)
  for (const frame of [0, 1, Math.floor(frames / 2), frames - 30])
    for (const within of [0, 17, 24, 3000]) {
      const position = HEADER + frame * FRAME + within
      await refusedUntouched(t, withIndex(flip(position)), /write-ahead log/, `byte ${position} of frame ${frame}`)
      await refusedUntouched(t, withoutIndex(flip(position)), /cannot be read beyond/, `byte ${position}, and no index`)
    }
})

void t.test('a log of zeros is one that never reached the disk, unless the index knows better', async (t) => {
  const { withIndex, withoutIndex, log } = await killed(t)
  const zeros = (path: string) => writeFileSync(path, Buffer.alloc(log.length))
  await refusedUntouched(t, withIndex(zeros), /log is gone/, 'zeros')
  t.type(await tasksIn(withoutIndex(zeros)), 'number')
})

void t.test('a kill at any moment leaves a log that is no damage, round after round', async (t) => {
  const root = t.testdir()
  let dataDir = join(root, '0')
  let sequence = 0
  for (let round = 1; round <= 25; round += 1) {
    const store = await openSqliteStore({ dataDir, log: silent })
    t.equal((await store.load()).unfinishedTasks.length, sequence, `round ${round}`)
    // Some rounds fill the log beyond its bound, so that it is copied into the database and begun anew.
    const text = 'x'.repeat(round % 5 === 0 ? 400_000 : 100 * round)
    for (let more = 0; more < (round * 7) % 23; more += 1) {
      sequence += 1
      await store.commit(changes({ tasks: [taskRow(sequence, { payload: { text } })] }))
    }
    const next = join(root, String(round))
    mkdirSync(next)
    for (const name of readdirSync(dataDir))
      if (name !== 'cluster.db-shm' || round % 3 > 0) copyFileSync(join(dataDir, name), join(next, name))
    await store.close()
    rmSync(dataDir, { recursive: true })
    dataDir = next
  }
})
