import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { clientOf } from '../../cli/run-world.ts'
import { startCluster } from '../../start-cluster.ts'
import { directoryOf } from './world.ts'

const MIB = 2 ** 20
const FILES = 40
/** The size of each, MiB. */
const SIZE_MIB = Number(process.env.MIB ?? 1)
const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4']

/** Lets a client through to an API, and counts what it sends, bytes. */
const counting = async (t: Test, url: string) => {
  let bytes = 0
  const proxy = createServer((client) => {
    const api = connect(Number(new URL(url).port), '127.0.0.1')
    client.on('data', (chunk: Buffer) => (bytes += chunk.length))
    for (const socket of [client, api]) socket.on('error', () => [client, api].forEach((one) => one.destroy()))
    client.pipe(api).pipe(client)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => proxy.close())
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    /** What was sent since the last call. */
    sent: () => {
      const now = bytes
      bytes = 0
      return now
    },
  }
}

void t.test('bytes that need not move', { timeout: 280_000 }, async (t) => {
  const cluster = await startCluster(t, {
    workers: WORKERS.length,
    workerArgs: ['--allow', 'command', '--slots', '1'],
  })
  const { url, sent } = await counting(t, cluster.url)
  const { directory, run } = clientOf(t, { url })
  const folder = join(directory, 'files')
  mkdirSync(folder)
  for (let n = 0; n < FILES; n += 1) writeFileSync(join(folder, `${n}`), randomBytes(SIZE_MIB * MIB))
  /** So many files have gone to devices: each keeps those that it was given. */
  const fetchedByDevices = () =>
    WORKERS.reduce((sum, device_id) => sum + readdirSync(directoryOf(cluster, device_id, 'files')).length, 0)
  /** A program over the folder; what was sent by the client, bytes, and how many files went to devices. */
  const over = async (name: string, ...command: readonly string[]) => {
    const before = fetchedByDevices()
    const { code, stderr } = await run(['run', join(folder, '*'), '--out', join(directory, name), '--', ...command])
    t.equal(code, 0, stderr)
    return { bytes: sent(), files: fetchedByDevices() - before }
  }

  const sums = ['sh', '-c', 'sleep 0.1; sha256sum < "$0" > "$1"', '{in}', '{out}']
  const first = await over('sums', ...sums)
  t.ok(first.bytes > FILES * SIZE_MIB * MIB, `at first all is sent: ${first.bytes} bytes`)
  t.equal(first.files, FILES, 'and goes to one device each')
  const same = await over('sums', ...sums)
  t.equal(same.files, 0)
  const other = await over('sizes', 'sh', '-c', 'sleep 0.1; wc -c < "$0" > "$1"', '{in}', '{out}')
  for (const [what, { bytes }] of Object.entries({ 'the same line': same, 'another command': other })) {
    t.comment(`${what} sends ${bytes} bytes, of which the files are none`)
    t.ok(bytes < MIB / 2, `${what} sends ${bytes} bytes`)
  }
  t.comment(`of ${FILES} files ${other.files} move again to run another command over them`)
  // Where devices were chosen without a look at what they keep, three of four would.
  t.ok(other.files < FILES / 2, `${other.files} of them`)
})
