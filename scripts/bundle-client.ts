/**
 * Bundles the command-line client into dist/client: a file for its start and one for each group of commands, loaded when it is called.
 * Of the single modules a start would read several hundred, the schemas' library above all: docs/measurements.md.
 */
import { build } from 'esbuild'
import { chmod, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { clientBundlePath } from '../src/cli/package-files.ts'
import { bundleOptions } from './bundle.ts'

await rm(dirname(clientBundlePath), { recursive: true, force: true })
await build({
  ...bundleOptions,
  // `migrate` alone loads it, and it loads what it needs by names that are known when it runs.
  external: [...bundleOptions.external, 'pg'],
  entryPoints: { 'retire-cluster': 'src/cli/client.ts' },
  outdir: dirname(clientBundlePath),
  outExtension: { '.js': '.mjs' },
  splitting: true,
  legalComments: 'linked',
})
await chmod(clientBundlePath, 0o755)
