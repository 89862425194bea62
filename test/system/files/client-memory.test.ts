import { createWriteStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import t, { type Test } from 'tap'
import { clientBundlePath } from '../../../src/cli/package-files.ts'
import { bundle, runToEnd, temporaryDirectory } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { BYTES, largeBody } from './large.ts'

/** How much more a client may have in memory for a large file than for an empty one, MiB. */
const MOST_MORE_MIB = 64

/** Tells at the end of a process how much it had in memory at the most: `getrusage` would tell of its parent before it was one. */
const TELL_PEAK = `
  import { readFileSync } from 'node:fs'
  process.on('exit', () => console.error(/^VmHWM:.*/m.exec(readFileSync('/proc/self/status', 'utf8'))[0]))`

/** The client as it is installed, and what it has in memory at the most. */
const clientOf = (t: Test, url: string) => {
  const variables = {
    RETIRE_CLUSTER_API_URL: url,
    XDG_CONFIG_HOME: '/nonexistent',
    XDG_CACHE_HOME: '/nonexistent',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_PEAK)}`,
  }
  return async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runToEnd(t, clientBundlePath, args, variables)
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return { id: stdout.trim(), peakMib: Number(/^VmHWM:\s*(\d+) kB/m.exec(stderr)?.[1]) / 1024 }
  }
}

void t.test('a large file goes out of a client and into one', { timeout: 280_000 }, async (t) => {
  await bundle(t, 'client')
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'command'] })
  const run = clientOf(t, cluster.url)
  const directory = temporaryDirectory(t)
  const large = join(directory, 'large')
  await pipeline(largeBody(), createWriteStream(large))

  /** A file through a task. */
  const through = async (path: string, out: string) => {
    const payload = JSON.stringify({ command: ['mv', 'in', 'out'] })
    const files = ['--input-file', `${path}:in`, '--output-file', 'out']
    const submitted = await run(['tasks', 'submit', 'command', '--payload', payload, ...files, '-q'])
    t.match(await cluster.task(submitted.id, 60), { status: 'completed' })
    const fetched = await run(['tasks', 'fetch', submitted.id, '--out', out])
    t.equal(statSync(join(out, 'out')).size, statSync(path).size)
    const again = await run(['tasks', 'fetch', submitted.id, '--out', out])
    return { 'as it submits': submitted, 'as it fetches': fetched, 'as it finds it there': again }
  }
  const most = await through(large, join(directory, 'one'))
  const least = await through('/dev/null', join(directory, 'other'))
  t.equal(statSync(join(directory, 'one', 'out')).size, BYTES)
  for (const when of ['as it submits', 'as it fetches', 'as it finds it there'] as const) {
    const moreMib = most[when].peakMib - least[when].peakMib
    t.comment(`${when}: at most ${moreMib.toFixed(1)} MiB more`)
    t.ok(moreMib < MOST_MORE_MIB, `${when}: ${moreMib.toFixed(1)} MiB more than for an empty file`)
  }
})
