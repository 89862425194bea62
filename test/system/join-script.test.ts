import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { startServer } from '../link/link-world.ts'

// A worker that only tells how it was called, and what its stdin holds.
const bundle = Buffer.from(
  'import { readFileSync } from "node:fs"\nconsole.log(JSON.stringify({ argv: process.argv.slice(2), token: process.env.RETIRE_CLUSTER_TOKEN, stdin: readFileSync(0, "utf8") }))\n',
)
const address = (port: number) => `127.0.0.1:${port}`

type Run = { code: number | null; stdout: string; stderr: string }

/** Runs a script as `sh -s -- …` reads it: from a pipe. */
const pipeToShell = (script: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> =>
  new Promise((resolve, reject) => {
    const shell = spawn('/bin/sh', ['-s', '--', ...argv], { env })
    const run: Run = { code: null, stdout: '', stderr: '' }
    shell.stdout.on('data', (text: Buffer) => (run.stdout += text.toString()))
    shell.stderr.on('data', (text: Buffer) => (run.stderr += text.toString()))
    shell.on('error', reject)
    shell.on('close', (code) => resolve({ ...run, code }))
    // A shell that exits early does not read the rest.
    shell.stdin.on('error', () => undefined)
    shell.stdin.end(script)
  })

const world = async (t: Test, serve: () => Buffer | undefined = () => bundle) => {
  const server = await startServer(t, { pages: { workerBundle: () => Promise.resolve(serve()) } })
  const script = await (await fetch(`http://${address(server.port)}/join`)).text()
  const home = t.testdir({ 'a home': {} })
  const env = { HOME: join(home, 'a home'), PATH: `${dirname(process.execPath)}:/usr/bin:/bin` }
  return { server, script, home, env, file: join(env.HOME, '.local/share/retire-cluster-worker/worker.mjs') }
}

void t.test('the script is valid to a POSIX shell', async (t) => {
  const { script, home } = await world(t)
  const file = join(home, 'join.sh')
  await writeFile(file, script)
  await t.resolves(promisify(execFile)('/bin/sh', ['-n', file]))
})

void t.test(
  'the script fetches the worker once, and runs it with the address, the token in a variable, and the flags',
  async (t) => {
    const { server, script, env, file } = await world(t)
    const flags = ['--tags', 'kitchen wall', "--role=it's"]
    for (const time of ['first', 'second']) {
      const { code, stdout, stderr } = await pipeToShell(script, ['the-token', ...flags], env)
      t.equal(code, 0, stderr)
      t.same(
        JSON.parse(stdout),
        { argv: ['--join', address(server.port), ...flags], token: 'the-token', stdin: '' },
        `the ${time} time`,
      )
    }
    const dashed = await pipeToShell(script, ['-made-at-random'], env)
    t.match(dashed.stdout, '"token":"-made-at-random"', 'one token in 64 begins with a dash')
    t.same(await readFile(file), bundle)
    t.equal((await stat(dirname(file))).mode & 0o777, 0o700)
  },
)

void t.test('the data directory is that of XDG_DATA_HOME, where it is set', async (t) => {
  const { script, env, home } = await world(t)
  const { code, stderr } = await pipeToShell(script, ['T'], { ...env, XDG_DATA_HOME: join(home, 'data') })
  t.equal(code, 0, stderr)
  t.same(await readFile(join(home, 'data/retire-cluster-worker/worker.mjs')), bundle)
})

void t.test('without a token nothing runs, and the usage is shown', async (t) => {
  const { script, env, file } = await world(t)
  for (const argv of [[], [''], ['--role', 'mobile']]) {
    const { code, stdout, stderr } = await pipeToShell(script, argv, env)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, /token is missing.*sh -s -- TOKEN/s)
  }
  await t.rejects(stat(file))
})

void t.test('half a download runs nothing', async (t) => {
  const { script, env, file } = await world(t)
  for (let end = 0; end < script.length - 5; end += 97) {
    const { stdout } = await pipeToShell(script.slice(0, end), ['T'], env)
    t.equal(stdout, '', `after ${end} characters`)
  }
  await t.rejects(stat(file))
})

void t.test('a worker that is not the one of the script is not run', async (t) => {
  let served = bundle
  const { script, env, file } = await world(t, () => served)
  served = Buffer.from('console.log("something else")\n')
  const { code, stdout, stderr } = await pipeToShell(script, ['T'], env)
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /not the one that this script was made for/)
  await t.rejects(stat(file))
})

void t.test('a node that is gone, or has no worker, is said in one line', async (t) => {
  const gone = await world(t)
  await gone.server.close()
  t.match(await pipeToShell(gone.script, ['T'], gone.env), {
    code: 1,
    stderr: /^retire-cluster: cannot download .*\n$/,
  })
  const empty = await world(t, () => undefined)
  t.match(await pipeToShell(empty.script, ['T'], empty.env), {
    code: 1,
    stderr: /^retire-cluster: This node has no.*\n$/,
  })
})

void t.test('a device without Node, or with an old one, is told how to get it', async (t) => {
  const { script, env, home } = await world(t)
  const old = join(home, 'old')
  await mkdir(old)
  await writeFile(join(old, 'node'), '#!/bin/sh\n[ "$1" = --version ] && echo v18.19.0\nexit 1\n')
  await writeFile(join(old, 'uname'), '#!/bin/sh\necho Android\n')
  await chmod(join(old, 'node'), 0o755)
  await chmod(join(old, 'uname'), 0o755)
  const { code, stderr } = await pipeToShell(script, ['T'], { ...env, PATH: `${old}:/usr/bin:/bin` })
  t.equal(code, 1)
  t.match(stderr, /Node 22\.16 or newer is needed; found: v18\.19\.0/)
  t.match(stderr, 'pkg install nodejs-lts')
  const none = join(home, 'none')
  await mkdir(none)
  t.match(await pipeToShell(script, ['T'], { ...env, PATH: none }), { code: 1, stderr: /found: none/ })
})
