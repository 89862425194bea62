/**
 * Bundles the server into dist/server: an entry for each of its programs, the one script that they load once Node is known to be new
 * enough (src/cli/server/load-programs.ts), and the maker of certificates. Of single modules a start would read more than a thousand.
 */
import type { BuildOptions } from 'esbuild'
import { join } from 'node:path'
import { serverBundleDirectory } from '../src/cli/package-files.ts'
import { builtinsAtRunTime } from './builtins-at-run-time.ts'
import { bundleFile } from './bundle-file.ts'
import { bundleOptions } from './bundle.ts'

/** Not minified: stack traces tell of lines, and what reads the code that is kept of it does not read the text. */
const readable = { minify: false, keepNames: false, legalComments: 'eof' } as const satisfies BuildOptions

/** Swagger UI finds its pages beside its own code; `pg` is loaded with `--database` only, and its text would be read at every start. */
const external = [...bundleOptions.external, '@fastify/swagger-ui', 'pg']

const PROGRAMS = 'src/cli/server/programs.ts'

/** What an ES module knows of itself, in a script. */
const itself = {
  'import.meta.url': 'urlOfScript',
  'import.meta.filename': '__filename',
  'import.meta.dirname': '__dirname',
}

const pathOf = (name: string) => join(serverBundleDirectory, name)

for (const program of ['api', 'main'])
  await bundleFile(pathOf(`retire-cluster-${program}.mjs`), {
    ...readable,
    isExecutable: true,
    entryPoints: [`src/cli/${program}.ts`],
    external: [`./${PROGRAMS}`],
    plugins: [builtinsAtRunTime],
  })
await bundleFile(pathOf('maker.mjs'), {
  ...readable,
  isExecutable: false,
  entryPoints: ['src/cli/server/certificate/maker.ts'],
})
await bundleFile(pathOf('programs.cjs'), {
  ...readable,
  isExecutable: false,
  entryPoints: [PROGRAMS],
  format: 'cjs',
  external,
  define: itself,
  // A script that evaluates to the body of a CommonJS module.
  banner: {
    js: "(function (exports, require, module, __filename, __dirname) { const urlOfScript = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
})
