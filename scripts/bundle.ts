/** What the bundles of the programs have in common. */
import type { BuildOptions } from 'esbuild'
import { dirname } from 'node:path'

/** Options of esbuild: ES modules for Node, with all that they need inside. */
export const bundleOptions = {
  absWorkingDir: dirname(import.meta.dirname),
  bundle: true,
  format: 'esm',
  platform: 'node',
  // Older than what runs it, so that an old Node still parses the file and can say what it needs.
  target: 'node18',
  minify: true,
  // Stack traces must still name functions.
  keepNames: true,
  // ws's optional add-ons: it runs without them, and a phone has no compiler.
  external: ['bufferutil', 'utf-8-validate'],
  // CommonJS dependencies call require(), which an ES module has to make for them.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  logLevel: 'warning',
} as const satisfies BuildOptions
