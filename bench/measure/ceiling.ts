/** The ceilings: servers that do one thing and nothing else, made of the same libraries, and built as ours is. */
import { build } from 'esbuild'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { launch, type Program } from './program.ts'

const ROOT = dirname(dirname(import.meta.dirname))
const SOURCES = join(ROOT, 'bench/ceilings')
const BUILT = join(ROOT, 'dist/bench')

/** Builds them to plain JavaScript: Node would take types out of them at each start, which ours is spared. Packages stay as they are. */
export const buildCeilings = async (): Promise<void> => {
  await build({
    absWorkingDir: ROOT,
    entryPoints: readdirSync(SOURCES)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(SOURCES, name)),
    outdir: BUILT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  })
}

/** A ceiling that listens. */
export type Ceiling = Program & { readonly port: number; readonly url: string }

/** Starts one, by the name of its file. */
export const startCeiling = async (name: string, args: readonly string[] = []): Promise<Ceiling> => {
  const program = await launch({ args: [join(BUILT, `${name}.mjs`), ...args], ready: /^listening on (?<port>\d+)$/m })
  const port = Number(program.said.port)
  return { ...program, port, url: `http://127.0.0.1:${port}` }
}
