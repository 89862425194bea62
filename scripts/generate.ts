/**
 * Makes all that is generated: openapi/openapi.json, from the routes; the types of the TypeScript client and the shapes of the
 * Python one, from the document.
 * `--check` writes nothing, and ends with code 1 where a file differs from what it should be.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import manifest from '#package.json' with { type: 'json' }
import { buildApi } from '../src/api/app.ts'
import type { Cluster } from '../src/cluster/cluster.ts'
import { clientRoutes, clientTypes } from './client-types.ts'
import { pythonClient } from './python-client/index.ts'

/** The document needs the routes alone: nobody calls this cluster. */
const inert = (): Promise<never> => Promise.reject(new Error('the generator calls no operation'))
const cluster: Cluster = {
  status: inert,
  health: inert,
  metrics: inert,
  devices: { list: inert, get: inert, ping: inert, update: inert, approve: inert, batch: inert, remove: inert },
  tasks: {
    submit: inert,
    submitBatch: inert,
    batch: inert,
    cancelBatch: inert,
    retryBatch: inert,
    types: inert,
    output: inert,
    list: inert,
    get: inert,
    placement: inert,
    cancel: inert,
    retry: inert,
  },
  artifacts: { get: inert, missing: inert, remove: inert, store: inert, open: inert, ofBatch: inert },
  logs: { list: inert },
  config: { get: inert, update: inert },
  stats: { tasks: inert, devices: inert },
  events: { after: inert, listen: () => () => undefined },
  keys: { authenticate: inert, list: inert, create: inert, remove: inert, onRemoved: () => () => undefined },
  joinTokens: { list: inert, create: inert, remove: inert },
  audit: { list: inert, refused: inert },
  acting: (_deed, work) => work(),
  reachability: () => ({ reachable: true }),
}

const app = await buildApi({
  cluster,
  version: manifest.version,
  log: pino({ level: 'silent' }),
  auth: null,
  mode: () => 'embedded',
})

const { json: document } = await app.documentation()
await app.close()
const root = fileURLToPath(new URL('..', import.meta.url))
const generated = [
  { path: 'openapi/openapi.json', text: document },
  { path: 'src/client/generated/openapi.ts', text: await clientTypes(document) },
  { path: 'src/client/generated/routes.ts', text: clientRoutes(document) },
  ...pythonClient(document, root),
]

const check = process.argv.includes('--check')
for (const { path, text } of generated) {
  const file = join(root, path)
  if (!check) {
    await writeFile(file, text)
    process.stdout.write(`wrote ${path}\n`)
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${path} is not what the routes say: run \`npm run generate\` and commit it\n`)
    process.exitCode = 1
  }
}
