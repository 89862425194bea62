/** Who may import whom: docs/architecture.md. One rule a layer; whatever is not named is forbidden. */
const layer = (name, allowed) => ({
  name: `${name}-imports-only-its-own`,
  severity: 'error',
  from: { path: `^${name}/` },
  to: { path: '^(src|schemas|test|bench|scripts)/', pathNot: `^(${[name, ...allowed].join('|')})/` },
})

module.exports = {
  forbidden: [
    layer('schemas', []),
    layer('src/cluster', ['schemas']),
    layer('src/store', ['schemas', 'src/cluster']),
    layer('src/http', []),
    layer('src/archive', []),
    layer('src/link', ['schemas', 'src/cluster', 'src/http']),
    layer('src/worker', ['schemas', 'src/link', 'src/archive']),
    layer('src/api', ['schemas', 'src/cluster', 'src/http', 'src/archive']),
    layer('src/client', []),
    layer('src/cli', ['schemas', 'src']),
    {
      name: 'adapters-import-only-the-ports',
      comment: 'The store and the link know the ports of the domain, and nothing of its inside.',
      severity: 'error',
      from: { path: '^src/(store|link|api)/' },
      to: { path: '^src/cluster/', pathNot: '^src/cluster/(cluster|ports/[a-z-]+|errors)\\.ts$' },
    },
    {
      name: 'postgresql-is-loaded-when-asked-for',
      comment: 'Most clusters need none of it, and it costs memory and a moment at the start.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/postgres/' },
      to: { path: '^src/store/postgres/(?!address\\.ts$)|^node_modules/pg/', dynamic: false },
    },
    {
      name: 'worker-uses-the-link-client-only',
      severity: 'error',
      from: { path: '^src/worker/' },
      to: { path: '^src/link/server/' },
    },
    {
      name: 'the-domain-does-no-io',
      comment: 'Sockets, files, HTTP and SQL stand behind the ports; streams are what the ports hand on.',
      severity: 'error',
      from: { path: '^src/cluster/' },
      to: {
        dependencyTypes: ['core', 'npm'],
        pathNot: '^(node:)?(crypto|async_hooks|stream)$|@sinclair/typebox|tinyqueue|fastest-levenshtein',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-vague-folders',
      severity: 'error',
      from: {},
      to: { path: '/(utils?|helpers?|common)(/|\\.ts$)', pathNot: 'node_modules' },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^(src|schemas)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    doNotFollow: { path: 'node_modules' },
  },
}
