import t from 'tap'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { crc32, inflateSync } from 'node:zlib'
import { CODE, inputOf, paint, PICTURE, tiles } from '../../src/cli/client/demo/picture.ts'
import { png } from '../../src/cli/client/demo/png.ts'
import { startFakeApi } from './fake-api.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

/** The chunks of a PNG file; throws where a checksum is wrong. */
const chunksOf = (file: Buffer): ReadonlyMap<string, Buffer> => {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at)
    const body = file.subarray(at + 4, at + 8 + length)
    if (crc32(body) !== file.readUInt32BE(at + 8 + length)) throw new Error(`the checksum at ${at} is wrong`)
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4))
    at += 12 + length
  }
  return chunks
}

void t.test('a picture is a PNG that holds its pixels', (t) => {
  const pixels = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3])
  const file = png({ width: 2, height: 2 }, pixels)
  t.equal(file.toString('hex', 0, 8), '89504e470d0a1a0a')
  const chunks = chunksOf(file)
  t.strictSame([...chunks.keys()], ['IHDR', 'IDAT', 'IEND'])
  t.equal(chunks.get('IHDR')?.toString('hex'), '00000002000000020802000000')
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  t.strictSame([...rows], [0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255, 1, 2, 3])
  t.end()
})

void t.test('the tiles cover the picture, each pixel once', (t) => {
  const covered = new Uint8Array(PICTURE.width * PICTURE.height)
  for (const { left, top, width, height } of tiles())
    for (let y = top; y < top + height; y += 1)
      for (let x = left; x < left + width; x += 1) covered[y * PICTURE.width + x] = (covered[y * PICTURE.width + x] ?? 0) + 1 // prettier-ignore
  t.ok(covered.every((count) => count === 1))
  t.end()
})

void t.test('a tile is painted where it belongs, in the colour of its device', (t) => {
  const [first, second] = tiles()
  if (first === undefined || second === undefined) throw new Error('there are tiles')
  // As the sandbox of a device runs it.
  const steps = runInNewContext(`(function (input) { ${CODE} })(input)`, { input: inputOf(first) }) as string
  t.match(steps, new RegExp(`^[0-9a-f]{${2 * first.width * first.height}}$`))
  const picture = () => new Uint8Array(3 * PICTURE.width * PICTURE.height)
  const [one, other, beside] = [picture(), picture(), picture()]
  paint(one, first, steps, 0)
  paint(other, first, steps, 1)
  paint(beside, second, steps, 0)
  t.notSame(one.subarray(0, 3), other.subarray(0, 3))
  t.same(one.subarray(0, 3 * first.width), beside.subarray(3 * first.width, 6 * first.width))
  t.ok(one.subarray(3 * first.width, 6 * first.width).every((sample) => sample === 0))
  t.end()
})

void t.test('demo saves what the devices made, tells who did how much, and replaces no file', async (t) => {
  const file = join(temporaryDirectory(t), 'demo.png')
  const all = tiles()
  const ids = all.map((_, index) => `task-${index}`)
  const taskOf = (task_id: string, index: number) => ({
    task_id,
    status: 'completed',
    device_id: index % 4 === 0 ? 'old-pi' : 'pixel-4a',
    execution_time_seconds: 0.5,
    result: { value: 'ff'.repeat(100 * 75) },
    error: null,
  })
  const counts = { total: all.length, pending: 0, running: 0, completed: all.length, failed: 0, cancelled: 0 }
  const { url } = await startFakeApi(t, ({ url: asked }) => {
    if (asked.startsWith('/api/v1/tasks?')) return { data: { tasks: ids.map(taskOf), next_cursor: null } }
    return { data: { task_ids: ids, ...counts, progress: 100, estimated_completion: null } }
  })
  const demo = () =>
    runToEnd(t, entry('client'), ['demo', '--file', file], {
      RETIRE_CLUSTER_API_URL: url,
      XDG_CONFIG_HOME: '/nonexistent',
    })
  t.match(await demo(), { code: 0, stdout: /pixel-4a +81 +75%.*\nold-pi +27 +25%/, stderr: /108 tiles by 2 devices/ })
  t.ok(existsSync(file))
  const before = readFileSync(file)
  t.match(await demo(), { code: 2, stderr: /is there already\. --overwrite replaces it; --file names another/ })
  t.strictSame(readFileSync(file), before)
})
