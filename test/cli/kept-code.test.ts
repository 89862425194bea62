import t from 'tap'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadScript } from '../../src/cli/server/kept-code.ts'
import { temporaryDirectory } from './programs.ts'

type Exported = { readonly reckon: (n: number) => number; readonly filename: string }

/** Two scripts of the same length. */
const scriptThat = (sign: '+' | '*') =>
  `(function (exports, require, module, __filename) { exports.reckon = (n) => n ${sign} 3; exports.filename = __filename })`

/** A script, and the file for its code in a directory that is not there yet. */
const scene = (t: Parameters<typeof temporaryDirectory>[0]) => {
  const directory = temporaryDirectory(t)
  const [path, kept] = [join(directory, 'script.cjs'), join(directory, 'cache', 'script.code')]
  writeFileSync(path, scriptThat('+'))
  const load = () => {
    const { exported, isKept, keep } = loadScript(path, () => kept)
    return { exported: exported as Exported, isKept, keep }
  }
  return { path, kept, load }
}

void t.test('the code of a script is there at the next start, for this user alone', (t) => {
  const { path, kept, load } = scene(t)
  const first = load()
  t.equal(first.isKept, false)
  t.match(first.exported, { filename: path })
  t.equal(first.exported.reckon(5), 8)
  first.keep()
  const second = load()
  t.equal(second.isKept, true)
  t.equal(second.exported.reckon(5), 8)
  t.strictSame(readdirSync(dirname(kept)), ['script.code'], 'nothing else is left')
  if (process.platform !== 'win32')
    t.strictSame(
      [dirname(kept), kept].map((made) => statSync(made).mode & 0o777),
      [0o700, 0o600],
    )
  t.end()
})

void t.test('code of another text of the same length is not run', (t) => {
  const { path, kept, load } = scene(t)
  load().keep()
  writeFileSync(path, scriptThat('*'))
  const changed = load()
  t.equal(changed.isKept, false)
  t.equal(changed.exported.reckon(5), 15)
  changed.keep()
  t.equal(load().isKept, true, 'it takes its place')
  t.strictSame(readdirSync(dirname(kept)), ['script.code'])
  t.end()
})

void t.test('code that is not whole is not run', (t) => {
  const { kept, load } = scene(t)
  load().keep()
  const whole = readFileSync(kept)
  t.ok(whole.length > 200, `${whole.length} bytes`)
  const damaged = (place: number) => {
    const copy = Buffer.from(whole)
    copy.writeUInt8(copy.readUInt8(place) ^ 1, place)
    return copy
  }
  const contents = [Buffer.alloc(0), whole.subarray(0, 8), whole.subarray(0, -1), ...[0, 4, 8, 150].map(damaged)]
  for (const content of contents) {
    writeFileSync(kept, content)
    const { isKept, exported } = load()
    t.equal(isKept, false)
    t.equal(exported.reckon(5), 8)
  }
  writeFileSync(kept, whole)
  t.equal(load().isKept, true)
  t.end()
})

void t.test('code that others could have written is not run', { skip: process.platform === 'win32' }, (t) => {
  const { kept, load } = scene(t)
  load().keep()
  for (const [mode, isTaken] of [
    [0o620, false],
    [0o602, false],
    [0o644, true],
  ] as const) {
    chmodSync(kept, mode)
    t.equal(load().isKept, isTaken, mode.toString(8))
  }
  const linked = `${kept}.link`
  symlinkSync(kept, linked)
  t.equal(loadScript(join(dirname(kept), '../script.cjs'), () => linked).isKept, false, 'a link leads anywhere')
  t.end()
})

void t.test('where code cannot be kept the script runs all the same', (t) => {
  const { path, kept, load } = scene(t)
  writeFileSync(dirname(kept), 'a file where the directory should be')
  const { exported, keep } = load()
  t.doesNotThrow(keep)
  t.equal(exported.reckon(5), 8)
  const homeless = loadScript(path, () => {
    throw new Error('no home')
  })
  t.doesNotThrow(homeless.keep)
  t.equal((homeless.exported as Exported).reckon(5), 8)
  mkdirSync(`${path}.code`)
  t.equal(loadScript(path, () => `${path}.code`).isKept, false)
  t.end()
})
