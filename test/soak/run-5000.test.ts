import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { BatchProgress } from '../../schemas/index.ts'
import { ended } from '../cli/programs.ts'
import { arrived, batchIn, clientOf } from '../cli/run-world.ts'
import { startCluster, until } from '../start-cluster.ts'
import { toEnd } from '../system/clients/generated.ts'

/** How many images. By hand `RUN_IMAGES=1000` takes a fifth of the time. */
const IMAGES = Number(process.env.RUN_IMAGES ?? 5000)
const WORKERS = 8
const SIDE = 64
/** What is waited for between two kills, seconds. */
const PATIENCE = 1800

t.setTimeout(3_600_000)

/** A grey picture (Netpbm's PGM) for each number, of which no two are the same. */
const imageOf = (number: number): Buffer => {
  const pixels = Buffer.alloc(SIDE * SIDE)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * (number + 1) + (number >> 8)) % 251
  return Buffer.concat([Buffer.from(`P5\n# ${number}\n${SIDE} ${SIDE}\n255\n`), pixels])
}

void t.test('thousands of images through run, while a client, the server and two workers are killed', async (t) => {
  const cluster = await startCluster(t, { workers: WORKERS, workerArgs: ['--allow', 'command', '--slots', '2'] })
  const client = clientOf(t, cluster)
  const { directory, out } = client
  const [images, alone] = [join(directory, 'images'), join(directory, 'alone')]
  for (const folder of [images, alone]) mkdirSync(folder)
  for (let number = 0; number < IMAGES; number += 1) writeFileSync(join(images, `${number}.pgm`), imageOf(number))
  const resizing = ['-resize', '50%', '-strip']
  await toEnd('sh', ['-c', `mogrify -path ${alone} ${resizing.join(' ')} ${join(images, '*.pgm')}`], directory)

  const line = ['run', join(images, '*.pgm'), '--out', out, '--', 'convert', '{in}', ...resizing, '{out}']
  const share = (part: number) =>
    until(
      `${part * 100} % are fetched`,
      () => Promise.resolve(arrived(out).length >= IMAGES * part || undefined),
      PATIENCE,
    )
  const started = performance.now()

  const first = client.start(line)
  await share(0.05)
  first.kill('SIGKILL')
  await ended(first)
  t.ok(arrived(out).length < IMAGES, `the client is killed after ${arrived(out).length}`)

  const second = client.start(line)
  const { stderr } = second
  if (stderr === null) throw new Error('the streams of the child are piped')
  const said = text(stderr)
  const code = new Promise<number | null>((resolve) => second.once('close', resolve))
  await share(0.25)
  t.ok(arrived(out).length < IMAGES, `the server is killed after ${arrived(out).length}`)
  await cluster.killServer()
  await share(0.5)
  t.ok(arrived(out).length < IMAGES, `two workers are killed after ${arrived(out).length}`)
  for (const { device_id, process } of cluster.workers.slice(0, 2)) {
    process.kill('SIGKILL')
    await ended(process)
    await cluster.addWorker(device_id)
  }
  t.equal(await code, 0, await said)
  t.comment(`${IMAGES} images in ${((performance.now() - started) / 1000).toFixed(0)} s`)

  t.equal(arrived(out).length, IMAGES)
  for (let number = 0; number < IMAGES; number += 1) {
    const made = readFileSync(join(out, `${number}.pgm`))
    if (!made.equals(readFileSync(join(alone, `${number}.pgm`)))) t.fail(`${number}.pgm is another than by hand`)
  }
  const { data } = await cluster.call<BatchProgress>('GET', `/api/v1/tasks/batch/${batchIn(await said)}`)
  t.match(data, { total: IMAGES, completed: IMAGES, failed: 0, cancelled: 0 }, 'each once')
})
