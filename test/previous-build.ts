/** Earlier builds: their source as git keeps it, run by today's libraries. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd, temporaryDirectory } from './cli/programs.ts'

/** The last commit whose ends of the link bore no field that they did not know (docs/adr/0013). */
const BEFORE_ADDITIONS = '20d398ee0a12d4b27e4fd55ea13943332342048e'

/** One with several nodes on a database. */
export const WITH_SEVERAL_NODES = 'ad720a5e80a05613ab4c4ad341e94a168ae5774a'

const ROOT = join(import.meta.dirname, '..')

/** A build that can be run. */
export type Build = { readonly entry: (program: 'api') => string; readonly workerBundle: string }

/** Today's. Its worker has to be bundled before, as the system tests are. */
export const today: Build = {
  entry: (program) => join(ROOT, `src/cli/${program}.ts`),
  workerBundle: join(ROOT, 'dist/retire-cluster-worker.mjs'),
}

/** An earlier one, made from the history of this clone. @throws Error where that does not reach so far back */
export const previousBuild = async (
  t: Parameters<typeof temporaryDirectory>[0],
  commit = BEFORE_ADDITIONS,
): Promise<Build> => {
  const root = join(temporaryDirectory(t), 'previous')
  mkdirSync(root)
  let source: Buffer
  try {
    source = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 28, stdio: 'pipe' })
  } catch (cause) {
    throw new Error(`this clone does not have ${commit}, the build to be tested with: git fetch --unshallow`, {
      cause,
    })
  }
  execFileSync('tar', ['-x', '-C', root], { input: source })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  const { code, stderr } = await runToEnd(t, join(root, 'scripts/bundle-worker.ts'), [])
  if (code !== 0) throw new Error(`the previous worker cannot be bundled: ${stderr}`)
  return {
    entry: (program) => join(root, `src/cli/${program}.ts`),
    workerBundle: join(root, 'dist/retire-cluster-worker.mjs'),
  }
}
