/** What a release consists of, each in a directory of the test. */
import { spawn } from 'node:child_process'
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import packageJson from '#package.json' with { type: 'json' }
import { workerBundlePath } from '../../../src/cli/package-files.ts'
import { ended, type Outcome } from '../../cli/programs.ts'

const root = join(import.meta.dirname, '../../..')

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
export const copyBundle = (path: string): Promise<void> => copyFile(workerBundlePath, path)

/** Packs the package into a directory, of what `npm run build` has made; resolves with the name of the file. */
export const pack = async (directory: string): Promise<string> => {
  // Without the build that comes before it by itself: other tests run what is there.
  await toEnd('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], { cwd: root })
  const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz')) ?? 'no package'
  const { stdout } = await toEnd('tar', ['-tzf', tarball], { cwd: directory })
  const missing = Object.values(packageJson.bin).filter((file) => !stdout.includes(`package/${file}\n`))
  if (missing.length > 0) throw new Error(`${tarball} is without ${missing.join(', ')}: npm run build`)
  return tarball
}
