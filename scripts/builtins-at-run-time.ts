/** How the bundles that are ES modules ask for Node's own. */
import type { Plugin } from 'esbuild'

/**
 * Node's own modules are asked for when the module that imports them runs, not when the file is loaded. Static imports would load
 * all of them first: `node:sqlite` would end an old Node with a stack trace before its version is checked
 * (src/cli/node-version.ts), and the sandbox of a worker would take half as long again to start, for modules that it never uses.
 */
export const builtinsAtRunTime: Plugin = {
  name: 'builtins-at-run-time',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin-at-run-time' } : null,
    )
    // As CommonJS: what is imported is then read when it is used, and Node's own lazy exports stay lazy.
    onLoad({ filter: /.*/, namespace: 'builtin-at-run-time' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}
