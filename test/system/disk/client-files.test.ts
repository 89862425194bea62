import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { arrived, clientOf, folderOf } from '../../cli/run-world.ts'
import { startCluster } from '../../start-cluster.ts'
import { hashed, shell } from '../files/world.ts'
import { smallDisk } from './small-disk.ts'

const MIB = 2 ** 20
const NO_ROOM = /There is no room for \S+ \(ENOSPC\): make some and fetch again; it goes on where it was\./

/** A disk on which so many MiB are free until its owner makes room. */
const nearlyFull = (t: Test, free: number) => {
  const disk = smallDisk(t, 32)
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc((32 - free) * MIB))
  return { out: join(disk, 'out'), makeRoom: () => rmSync(ballast) }
}

void t.test('files onto a disk of the client that fills', async (t) => {
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'command'] })
  const { directory, run } = clientOf(t, cluster)

  await t.test('are not there until there is room, and then go on where they were', async (t) => {
    const { out, makeRoom } = nearlyFull(t, 4)
    const { task_id } = await cluster.submit({ ...shell('head -c 8M /dev/urandom > file'), outputs: ['file'] })
    const { result } = await cluster.task(task_id, 30)
    const line = ['tasks', 'fetch', task_id, '--out', out]
    t.match(await run(line), { code: 1, stderr: NO_ROOM })
    t.strictSame(arrived(out), [])
    const [begun = '', ...others] = readdirSync(out)
    t.strictSame(others, [])
    const beginning = statSync(join(out, begun))
    t.ok(beginning.size > MIB, `${beginning.size} bytes have come`)

    t.match(await run(line), { code: 1, stderr: NO_ROOM }, 'the same while there is none')
    makeRoom()
    t.match(await run(line), { code: 0, stderr: /1 file written/ })
    t.strictSame(readdirSync(out), ['file'])
    t.equal(statSync(join(out, 'file')).ino, beginning.ino, 'what had come is a part of it')
    t.equal(hashed(readFileSync(join(out, 'file'))), result?.artifacts?.[0]?.sha256)
  })

  await t.test('of run are whole or not there, and the same line fetches the rest', async (t) => {
    const { out, makeRoom } = nearlyFull(t, 12)
    const pattern = join(folderOf(directory, 3), '*.txt')
    const grow = ['sh', '-c', '{ cat "$0"; head -c 6M /dev/zero; } > "$1"', '{in}', '{out}']
    const line = ['run', pattern, '--out', out, '--', ...grow]
    const { code, stderr } = await run(line)
    t.equal(code, 1, stderr)
    t.match(stderr, NO_ROOM)
    t.match(stderr, /What was taken in goes on; to follow it: retire-cluster tasks attach run-\w+ --out/)
    const whole = 'text 0\n'.length + 6 * MIB
    t.ok(arrived(out).length < 3)
    for (const name of arrived(out)) t.equal(statSync(join(out, name)).size, whole, name)

    makeRoom()
    t.match(await run(line), { code: 0, stderr: /3 of 3 tasks completed/ })
    t.strictSame(readdirSync(out).toSorted(), ['0.txt', '1.txt', '2.txt'])
    for (const name of readdirSync(out)) t.equal(statSync(join(out, name)).size, whole, name)
  })
})
