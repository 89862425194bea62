import t from 'tap'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ended } from '../../cli/programs.ts'
import { arrived, batchIn, clientOf, folderOf } from '../../cli/run-world.ts'
import { closedGate, type Gate } from '../../gate.ts'
import { startCluster, until } from '../../start-cluster.ts'

/** A command over files, of which a third waits: all might be done before this process looks. */
const heldAt = ({ passed }: Gate, command: string) => [
  ...['sh', '-c', `case "$(cat "$0")" in 'text 2'??) ${passed};; esac; ${command}`],
  ...['{in}', '{out}'],
]

void t.test('many files through run', async (t) => {
  const FILES = 300
  const cluster = await startCluster(t, { workers: 2, workerArgs: ['--allow', 'command', '--slots', '2'] })
  const client = clientOf(t, cluster)
  const { directory, out, run } = client
  const pattern = join(folderOf(directory, FILES), '*.txt')
  const gate = closedGate(t)
  const line = ['run', pattern, '--out', out, '--', ...heldAt(gate, 'tr a-z A-Z < "$0" > "$1"')]

  await t.test(
    'a kill -9 of the client in the middle, and the same line: every file once, and as it should be',
    async (t) => {
      const first = client.start(line)
      await until('some files are fetched', () => Promise.resolve(arrived(out).length > 0 || undefined))
      first.kill('SIGKILL')
      await ended(first)
      t.ok(arrived(out).length < FILES, `killed after ${arrived(out).length} of ${FILES}`)
      gate.open()
      const { code, stderr } = await run(line)
      t.equal(code, 0, stderr)
      t.equal(arrived(out).length, FILES)
      t.equal(readdirSync(out).length, FILES, 'nothing else is left there')
      for (let number = 0; number < FILES; number += 1)
        t.equal(readFileSync(join(out, `${number}.txt`), 'utf8'), `TEXT ${number}\n`)
      const { tasks } = await cluster.tasks(`batch_id=${batchIn(stderr)}&limit=1000`)
      t.equal(tasks.length, FILES, 'nothing was submitted twice')
      t.equal(new Set(tasks.map(({ metadata }) => metadata.file)).size, FILES)
    },
  )

  await t.test('the same line once more does nothing', async (t) => {
    const { code, stderr } = await run(line)
    t.equal(code, 0, stderr)
    t.notMatch(stderr, 'uploaded')
    t.match(stderr, `${FILES} of ${FILES} tasks completed: 0 files written, ${FILES} there already.`)
  })

  await t.test('a kill -9 of the client in the middle, and a folder that has grown meanwhile', async (t) => {
    const other = clientOf(t, cluster)
    const folder = folderOf(other.directory, FILES)
    const gate = closedGate(t)
    const grown = ['run', join(folder, '*.txt'), '--out', other.out, '--', ...heldAt(gate, 'cp -- "$0" "$1"')]
    const first = other.start(grown)
    await until('some files are fetched', () => Promise.resolve(arrived(other.out).length > 0 || undefined))
    first.kill('SIGKILL')
    await ended(first)
    const before = arrived(other.out).length
    t.ok(before < FILES, `killed after ${before} of ${FILES}`)
    gate.open()
    writeFileSync(join(folder, 'new.txt'), 'new\n')
    const { code, stderr } = await other.run(grown)
    t.equal(code, 0, stderr)
    t.match(stderr, `${before} of ${FILES + 1} files are done`)
    t.equal(arrived(other.out).length, FILES + 1)
    t.equal(readFileSync(join(other.out, 'new.txt'), 'utf8'), 'new\n')
  })

  await t.test('another command over the same folder uploads nothing', async (t) => {
    const other = join(directory, 'other')
    const { code, stderr } = await run(['run', pattern, '--out', other, '--', 'cp', '{in}', '{out}'])
    t.equal(code, 0, stderr)
    t.match(stderr, `0 of ${FILES} files uploaded (0 B); the rest is there.`)
    t.equal(readFileSync(join(other, '7.txt'), 'utf8'), 'text 7\n')
  })

  await t.test('what came of them is fetched again from anywhere, by the name of the batch', async (t) => {
    const { stderr } = await run(line)
    const elsewhere = join(directory, 'elsewhere')
    const attached = await clientOf(t, cluster).run(['tasks', 'attach', batchIn(stderr), '--out', elsewhere])
    t.equal(attached.code, 0, attached.stderr)
    t.equal(arrived(elsewhere).length, FILES)
    t.equal(readFileSync(join(elsewhere, '7.txt'), 'utf8'), 'TEXT 7\n')
  })
})
