/**
 * Bundles the worker into one file, dist/retire-cluster-worker.mjs: what a device downloads from its node and runs by its
 * own Node, without a clone and without npm.
 */
import { build, type Plugin } from 'esbuild'
import { chmod, mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { workerBundlePath } from '../src/cli/package-files.ts'
import { version } from '../src/cli/version.ts'
import { linkValidators } from './link-validators.ts'

/**
 * A static import of `node:sqlite` would end an old Node with a stack trace before the first line of the worker runs.
 * Asked for at run time instead, it is loaded after the version was checked (src/cli/node-version.ts).
 */
const sqliteAtRunTime: Plugin = {
  name: 'sqlite-at-run-time',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:sqlite$/ }, ({ path }) => ({ path, namespace: 'builtin-at-run-time' }))
    onLoad({ filter: /.*/, namespace: 'builtin-at-run-time' }, ({ path }) => ({
      contents: `export const { DatabaseSync } = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** The one file has no package.json beside it: the version is written into it. */
const versionInside: Plugin = {
  name: 'version-inside',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/]cli[\\/]version\.ts$/ }, () => ({
      contents: `export const version = ${JSON.stringify(version)}`,
    }))
  },
}

/** Validators are compiled now: a compiler in the worker would cost a third of its memory. */
const compiledValidators: Plugin = {
  name: 'compiled-validators',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/]link[\\/]validators\.ts$/ }, () => ({ contents: linkValidators() }))
  },
}

// Written beside and renamed: a node that serves the file never reads half of it.
const unfinished = `${workerBundlePath}.${process.pid}.tmp`
await mkdir(dirname(workerBundlePath), { recursive: true })
await build({
  entryPoints: ['src/cli/worker.ts'],
  absWorkingDir: dirname(import.meta.dirname),
  outfile: unfinished,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // Older than what runs it, so that an old Node still parses the file and can say what it needs.
  target: 'node18',
  minify: true,
  // Stack traces in a device's log must still name functions.
  keepNames: true,
  legalComments: 'eof',
  // ws's optional add-ons: it runs without them, and a phone has no compiler.
  external: ['bufferutil', 'utf-8-validate'],
  // CommonJS dependencies (ws, pino) call require(), which an ES module has to make for them.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  plugins: [sqliteAtRunTime, versionInside, compiledValidators],
  logLevel: 'warning',
})
await chmod(unfinished, 0o755)
await rename(unfinished, workerBundlePath)
