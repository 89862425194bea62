import t from 'tap'
import { createHash } from 'node:crypto'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fetchFile } from '../../../src/cli/client/files/fetching.ts'
import { placeBelow } from '../../../src/cli/client/files/placing.ts'
import { ApiError } from '../../../src/client/errors.ts'
import { temporaryDirectory } from '../programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

const CONTENT = Buffer.from('what the task has left')
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

const refusal = (code: 'ARTIFACT_NOT_FOUND' | 'RANGE_NOT_SATISFIABLE') =>
  new ApiError({ code, message: code, details: {}, status: 400, request_id: 'request-1', retryAfterSeconds: null })

/** A cluster that has one file, and a directory. @param content - what it sends of the file */
const world = (t: Test, { content = CONTENT, overwrite = false } = {}) => {
  const root = join(temporaryDirectory(t), 'out')
  mkdirSync(root)
  const starts: number[] = []
  const artifacts = {
    async *download(wanted: string, { start = 0 } = {}) {
      starts.push(start)
      if (wanted !== SHA256) throw refusal('ARTIFACT_NOT_FOUND')
      if (start > 0 && start >= content.length) throw refusal('RANGE_NOT_SATISFIABLE')
      yield Uint8Array.from(content.subarray(start, start + 3))
      await Promise.resolve()
      yield Uint8Array.from(content.subarray(start + 3))
    },
  }
  const { signal } = new AbortController()
  const fetch = (name: string, sha256 = SHA256) => fetchFile({ artifacts, root, overwrite }, { name, sha256 }, signal)
  /** Leaves something of a file as a client does that is killed while it comes. */
  const begin = async (name: string, begun: Buffer) => writeFileSync((await placeBelow(root, name)).beside, begun)
  /** The same, of a process that has this number. */
  const beginAs = async (pid: number, name: string, begun: Buffer) => {
    // Named elsewhere: a client looks through a folder once, at its first file there.
    const { beside } = await placeBelow(temporaryDirectory(t), name)
    const theirs = basename(beside).replace(`.${process.pid}.`, `.${pid}.`)
    writeFileSync(join(root, theirs), begun)
    return theirs
  }
  return { root, starts, fetch, begin, beginAs }
}

void t.test('a file is put into its folder, and nothing else is left there', async (t) => {
  const { root, fetch } = world(t)
  t.strictSame(await fetch('2019/a.jpg'), { outcome: 'written' })
  t.strictSame(readFileSync(join(root, '2019/a.jpg')), CONTENT)
  t.strictSame(readdirSync(join(root, '2019')), ['a.jpg'])
})

void t.test('what is there with this content is not fetched again', async (t) => {
  const { root, starts, fetch } = world(t)
  writeFileSync(join(root, 'a.jpg'), CONTENT)
  t.strictSame(await fetch('a.jpg'), { outcome: 'there' })
  t.strictSame(starts, [])
})

void t.test('a client that was killed as it put a file into its place leaves nothing for good', async (t) => {
  const { root, fetch, begin } = world(t)
  writeFileSync(join(root, 'a.jpg'), CONTENT)
  await begin('a.jpg', CONTENT)
  t.strictSame(await fetch('a.jpg'), { outcome: 'there' })
  t.strictSame(readdirSync(root), ['a.jpg'])
})

void t.test('another file of that name stays, unless it is to be replaced', async (t) => {
  const careful = world(t)
  writeFileSync(join(careful.root, 'a.jpg'), 'mine')
  t.match(await careful.fetch('a.jpg'), { outcome: 'refused', why: /--overwrite/ })
  t.equal(readFileSync(join(careful.root, 'a.jpg'), 'utf8'), 'mine')
  t.strictSame(readdirSync(careful.root), ['a.jpg'])
  const bold = world(t, { overwrite: true })
  writeFileSync(join(bold.root, 'a.jpg'), 'mine')
  t.strictSame(await bold.fetch('a.jpg'), { outcome: 'written' })
  t.strictSame(readFileSync(join(bold.root, 'a.jpg')), CONTENT)
})

void t.test('what broke off goes on where it was', async (t) => {
  const { root, starts, fetch, begin } = world(t)
  await begin('a.jpg', CONTENT.subarray(0, 9))
  t.strictSame(await fetch('a.jpg'), { outcome: 'written' })
  t.strictSame(starts, [9])
  await begin('b.jpg', CONTENT)
  t.strictSame(await fetch('b.jpg'), { outcome: 'written' }, 'what was whole is only put into its place')
  t.strictSame(starts, [9])
  t.strictSame(readdirSync(root).toSorted(), ['a.jpg', 'b.jpg'])
})

void t.test('what was begun of another file is begun anew', async (t) => {
  const { root, starts, fetch, begin } = world(t)
  await begin('a.jpg', Buffer.from('some'))
  t.strictSame(await fetch('a.jpg'), { outcome: 'written' })
  await begin('b.jpg', Buffer.alloc(1000))
  t.strictSame(await fetch('b.jpg'), { outcome: 'written' }, 'one that was longer too')
  t.strictSame(starts, [4, 0, 1000, 0])
  t.strictSame(readFileSync(join(root, 'a.jpg')), CONTENT)
  t.strictSame(readFileSync(join(root, 'b.jpg')), CONTENT)
})

void t.test('what is not what its hash says, or is gone, leaves nothing', async (t) => {
  const { root, fetch } = world(t, { content: Buffer.from('something else') })
  t.match(await fetch('a.jpg'), { outcome: 'refused', why: /hash/ })
  t.match(await fetch('a.jpg', '0'.repeat(64)), { outcome: 'refused', why: /no longer kept/ })
  t.strictSame(readdirSync(root), [])
})

void t.test('no name leads out of the folder', async (t) => {
  const { root, fetch } = world(t, { overwrite: true })
  const names = ['../a.jpg', '/tmp/a.jpg', 'x/../../a.jpg', '.', '..', '', 'a\nb', 'a\\b', 'x/'.repeat(127) + 'aa']
  for (const name of names) t.match(await fetch(name), { outcome: 'refused', why: /its name/ }, name)
  t.strictSame(readdirSync(join(root, '..')), ['out'])
  t.strictSame(readdirSync(root), [])
})

void t.test('no link leads out of the folder', async (t) => {
  const { root, fetch } = world(t, { overwrite: true })
  const elsewhere = temporaryDirectory(t)
  symlinkSync(elsewhere, join(root, 'sub'))
  t.match(await fetch('sub/a.jpg'), { outcome: 'refused', why: /is no directory/ })
  t.strictSame(readdirSync(elsewhere), [])
  symlinkSync(join(elsewhere, 'target'), join(root, 'a.jpg'))
  t.strictSame(await fetch('a.jpg'), { outcome: 'written' }, 'a link is replaced, and not followed')
  t.notOk(existsSync(join(elsewhere, 'target')))
})

void t.test('nothing that somebody has put where a file comes leads out of the folder', async (t) => {
  const { root, fetch } = world(t)
  const elsewhere = join(temporaryDirectory(t), 'elsewhere')
  const { beside } = await placeBelow(root, 'a.jpg')
  const fetched = async (how: string) => {
    t.strictSame(await fetch('a.jpg'), { outcome: 'written' }, how)
    t.equal(readFileSync(elsewhere, 'utf8'), 'what', `${how}: nothing is written there`)
    t.ok(lstatSync(join(root, 'a.jpg')).isFile(), how)
    t.strictSame(readFileSync(join(root, 'a.jpg')), CONTENT, how)
    t.strictSame(readdirSync(root), ['a.jpg'], how)
    rmSync(join(root, 'a.jpg'))
  }
  writeFileSync(elsewhere, 'what')
  symlinkSync(elsewhere, beside)
  await fetched('a symbolic link')
  linkSync(elsewhere, beside)
  await fetched('a second name')
  if (process.platform === 'win32') return
  execFileSync('mkfifo', [beside])
  await fetched('a pipe')
})

void t.test('what a client that was killed had of a file is gone on with, what one that runs has is not', async (t) => {
  const killed = world(t)
  const { pid } = spawnSync(process.execPath, ['--version'])
  await killed.beginAs(pid, 'a.jpg', CONTENT.subarray(0, 9))
  t.strictSame(await killed.fetch('a.jpg'), { outcome: 'written' })
  t.strictSame(killed.starts, [9])
  t.strictSame(readdirSync(killed.root), ['a.jpg'])
  const running = world(t)
  const theirs = await running.beginAs(process.ppid, 'a.jpg', CONTENT.subarray(0, 9))
  t.strictSame(await running.fetch('a.jpg'), { outcome: 'written' })
  t.strictSame(running.starts, [0])
  t.strictSame(readdirSync(running.root).toSorted(), [theirs, 'a.jpg'])
  t.strictSame(readFileSync(join(running.root, theirs)), CONTENT.subarray(0, 9))
})

void t.test('where nothing can be written, a sentence says so', async (t) => {
  const { root, fetch } = world(t)
  writeFileSync(join(root, 'sub'), '')
  t.match(await fetch('sub/a.jpg'), { outcome: 'refused', why: /is no directory/ })
  await t.rejects(fetch(`${'ü'.repeat(200)}/a`), { exitCode: 1, message: /cannot be written \(ENAMETOOLONG\)/ })
})

void t.test('where there is no room, a sentence says what to do, and what has come stays', async (t) => {
  const { root, starts, fetch } = world(t)
  const { signal } = new AbortController()
  for (const code of ['ENOSPC', 'EDQUOT']) {
    const artifacts = {
      async *download(_wanted: string, { start = 0 } = {}) {
        yield Uint8Array.from(CONTENT.subarray(start, start + 3))
        await Promise.resolve()
        throw Object.assign(new Error('write'), { code })
      },
    }
    await t.rejects(fetchFile({ artifacts, root, overwrite: false }, { name: 'a.jpg', sha256: SHA256 }, signal), {
      exitCode: 1,
      message: `There is no room for ${join(root, 'a.jpg')} (${code}): make some and fetch again; it goes on where it was.`,
    })
    t.notOk(existsSync(join(root, 'a.jpg')))
  }
  t.strictSame(await fetch('a.jpg'), { outcome: 'written' })
  t.strictSame(starts, [6])
})
