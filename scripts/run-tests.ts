/**
 * Runs tests by tap, with the arguments that it is given, on the programs as they were bundled (test/cli/programs.ts).
 * Ends with the exit code of tap.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')

const tap = spawn(
  process.execPath,
  [join(root, 'node_modules/tap/dist/esm/run.mjs'), 'run', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_PROGRAMS: 'bundled',
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(join(import.meta.dirname, 'lean-tests.mjs')).href}`,
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tap.kill(signal))
const [code] = (await once(tap, 'exit')) as [number | null]
process.exitCode = code ?? 1
