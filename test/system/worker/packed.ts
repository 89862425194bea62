/** What a release consists of, each in a directory of the test: other tests build anew meanwhile, and take `dist` away for that. */
import { spawn } from 'node:child_process'
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import packageJson from '#package.json' with { type: 'json' }
import { workerBundlePath } from '../../../src/cli/package-files.ts'
import { ended, type Outcome } from '../../cli/programs.ts'
import { until } from '../../start-cluster.ts'

const root = join(import.meta.dirname, '../../..')

/** A build takes half a minute on a machine that does other things too. */
const BUILD_SECONDS = 120

/** Runs a program to its end; it is killed where that takes longer than any registry does. */
export const toEnd = async (
  program: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Outcome> => {
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 240_000,
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)])
  return { code: typeof code === 'number' ? code : null, stdout, stderr }
}

/** Copies the one-file worker to a path. */
export const copyBundle = async (path: string): Promise<void> => {
  const copied = () =>
    copyFile(workerBundlePath, path).then(
      () => true,
      () => undefined,
    )
  await until('the worker is bundled (node scripts/bundle-worker.ts)', copied, BUILD_SECONDS)
}

/** Packs the package as `npm pack` does, into a directory; resolves with the name of the file. Needs `npm run build`. */
export const pack = (directory: string): Promise<string> =>
  until(
    'the package has all of its programs (npm run build)',
    async () => {
      await toEnd('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], { cwd: root })
      const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz'))
      if (tarball === undefined) return undefined
      const { stdout } = await toEnd('tar', ['-tzf', tarball], { cwd: directory })
      return Object.values(packageJson.bin).every((file) => stdout.includes(`package/${file}\n`)) ? tarball : undefined
    },
    BUILD_SECONDS,
  )
