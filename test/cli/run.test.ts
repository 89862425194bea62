import t from 'tap'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, until } from '../start-cluster.ts'
import { closed, ended } from './programs.ts'
import { arrived, batchIn, CAPITALS, clientOf, folderOf } from './run-world.ts'

void t.test('a few files through run', async (t) => {
  const cluster = await startCluster(t, { workers: 1, workerArgs: ['--allow', 'command', '--slots', '2'] })

  await t.test('a file that is there is not replaced without being told to', async (t) => {
    const { directory, out, run } = clientOf(t, cluster)
    const pattern = join(folderOf(directory, 3), '*.txt')
    const line = (...more: string[]) => ['run', pattern, '--out', out, ...more, '--', ...CAPITALS]
    mkdirSync(out)
    writeFileSync(join(out, '1.txt'), 'mine\n')
    t.match(await run(line()), { code: 2, stderr: /1\.txt is there already\. --overwrite replaces it; --out/ })
    t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'mine\n')
    t.strictSame(arrived(out), ['1.txt'], 'nothing was begun')
    t.match(await run(line('--overwrite')), { code: 0 })
    t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'TEXT 1\n')
    writeFileSync(join(out, '1.txt'), 'mine again\n')
    t.match(await run(line()), { code: 4, stderr: /1 × not written: there is another file of that name/ })
    t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'mine again\n')
  })

  await t.test(
    'failures are grouped by their causes, are exit code 4, and are run again by the same line',
    async (t) => {
      const { directory, out, run } = clientOf(t, cluster)
      const pattern = join(folderOf(directory, 6), '*.txt')
      const gate = join(directory, 'gate')
      const script = `
      case "$0" in
        */[12].txt) echo "no decoder for $0"; exit 3 ;;
        */3.txt) [ -e ${gate} ] || exit 0 ;;
      esac
      cp "$0" "$1"`
      const line = ['run', pattern, '--out', out, '--', 'sh', '-c', script, '{in}', '{out}']
      const { code, stderr } = await run(line)
      t.equal(code, 4)
      t.match(stderr, '2 × no decoder for {in}\n1 × The task has left no file {out}.')
      t.match(stderr, '3 of 6 tasks completed: 3 files written, 0 there already.')
      writeFileSync(gate, '')
      const again = await run(line)
      t.equal(again.code, 4)
      t.match(again.stderr, '2 × no decoder for {in}')
      t.match(again.stderr, '4 of 6 tasks completed: 1 file written, 3 there already.')
      t.equal(readFileSync(join(out, '3.txt'), 'utf8'), 'text 3\n')
    },
  )

  await t.test('what comes of files is named by --ext and --name, and folders are kept', async (t) => {
    const { directory, out, run } = clientOf(t, cluster)
    mkdirSync(join(directory, 'photos', '2019'), { recursive: true })
    writeFileSync(join(directory, 'photos', '-first one.png'), 'a')
    writeFileSync(join(directory, 'photos', '2019', 'in.png'), '')
    const files = join(directory, 'photos', '**', '*.png')
    const copy = ['--', 'cp', '--', '{in}', '{out}']
    writeFileSync(join(directory, 'photos', '2019', 'empty too.png'), '')
    t.match(await run(['run', files, '--out', out, '--ext', 'jpg', ...copy]), { code: 0, stderr: /3 files written/ })
    t.match(await run(['run', files, '--out', out, '--ext', 'jpg', ...copy]), { code: 0, stderr: /3 there already/ })
    t.equal(readFileSync(join(out, '-first one.jpg'), 'utf8'), 'a')
    t.equal(readFileSync(join(out, '2019', 'in.jpg'), 'utf8'), '', 'an empty file is a file')
    t.match(await run(['run', files, '--out', out, '--name', '{stem}-small.{ext}', ...copy]), { code: 0 })
    t.equal(readFileSync(join(out, '2019', 'in-small.png'), 'utf8'), '')
    t.match(
      await run(['run', files, '--out', out, '--name', '{stem}', ...copy]),
      { code: 0 },
      'whatever it is called there',
    )
    t.equal(readFileSync(join(out, '2019', 'in'), 'utf8'), '')
  })

  await t.test('--detach submits and ends, and tasks fetch gets what is there', async (t) => {
    const { directory, out, run } = clientOf(t, cluster)
    const pattern = join(folderOf(directory, 2), '*.txt')
    const { code, stdout, stderr } = await run(['run', pattern, '--out', out, '--detach', '-q', '--', ...CAPITALS])
    t.equal(code, 0, stderr)
    const batch = stdout.trim()
    t.match(batch, /^run-[0-9a-f]{32}$/)
    t.strictSame(arrived(out), [])
    t.match(await run(['tasks', 'attach', batch]), { code: 0 })
    t.match(await run(['tasks', 'fetch', '--batch', batch, '--out', out]), { code: 0, stderr: /2 files written/ })
    t.equal(readFileSync(join(out, '1.txt'), 'utf8'), 'TEXT 1\n')
  })

  await t.test('Ctrl-C cancels what has not ended, as in tasks map', async (t) => {
    const client = clientOf(t, cluster)
    const pattern = join(folderOf(client.directory, 4), '*.txt')
    const program = client.start([
      'run',
      pattern,
      '--out',
      client.out,
      '--',
      'sh',
      '-c',
      'sleep 60; cp "$0" "$1"',
      '{in}',
      '{out}',
    ])
    let said = ''
    program.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until('it is submitted', () => Promise.resolve(said.includes('0 of 4') || undefined))
    program.kill('SIGINT')
    t.equal(await closed(program), 130)
    const { tasks } = await cluster.tasks(`batch_id=${batchIn(said)}`)
    t.strictSame([...new Set(tasks.map(({ status }) => status))], ['cancelled'])
    t.match(said, /Interrupted: the 4 tasks of batch run-\w+ that had not ended are cancelled\./)
  })

  await t.test('what no device can do is told while it waits, with what helps', async (t) => {
    const client = clientOf(t, cluster)
    const pattern = join(folderOf(client.directory, 3), '*.txt')
    const program = client.start(['run', pattern, '--out', client.out, '--', 'no-such-program', '{in}', '{out}'])
    let said = ''
    program.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const told =
      /^Waiting \(\d tasks?\): Every device .* add a device\. worker-1 said that it cannot run no-such-program; .* tasks show task-\w+ --placement\. .* Ctrl-C cancels/m
    await until('it is told', () => Promise.resolve(told.test(said) || undefined))
    program.kill('SIGINT')
    t.equal(await ended(program), 130)
  })

  await t.test('a line that makes no sense is refused before anything is read', async (t) => {
    const { directory, out, run } = clientOf(t, cluster)
    const file = join(folderOf(directory, 1), '0.txt')
    const refused = async (args: readonly string[], why: RegExp) =>
      t.match(await run(['run', ...args]), { code: 2, stderr: why })
    await refused([file, '--out', out], /Name the command behind --/)
    await refused(['--out', out, '--', ...CAPITALS], /Name the files/)
    await refused([file, '--', ...CAPITALS], /--out DIR/)
    await refused([file, '--out', out, '--', 'cp', 'x', '{out}'], /where the file goes, by \{in\}/)
    await refused([file, '--out', out, '--', 'wc', '{in}'], /where the result goes, by \{out\}/)
    await refused([`${file}.no`, '--out', out, '--', ...CAPITALS], /There is no file/)
    await refused([directory, '--out', out, '--', ...CAPITALS], /is a directory/)
    await refused([file, '--out', out, '--name', '../{name}', '--', ...CAPITALS], /cannot be the name of a file/)
    await refused([file, '--out', out, '--ext', 'a', '--name', 'b', '--', ...CAPITALS], /keep one of the two/)
  })
})
