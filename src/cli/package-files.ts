/** Files of this package, found from the source and from the build alike. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { systemCode } from './failure.ts'

// `#package.json` is declared in package.json, so it resolves beside it from wherever this module stands.
const root = dirname(createRequire(import.meta.url).resolve('#package.json'))

/** Where the one-file worker stands once it is bundled. */
export const workerBundlePath = join(root, 'dist', 'retire-cluster-worker.mjs')

/** Where the bundled client begins. */
export const clientBundlePath = join(root, 'dist', 'client', 'retire-cluster.mjs')

/** Where the bundled server stands. */
export const serverBundleDirectory = join(root, 'dist', 'server')

/** The one-file worker; undefined where it was not bundled yet (`node scripts/bundle-worker.ts`). */
export const workerBundle = async (): Promise<Buffer | undefined> => {
  try {
    return await readFile(workerBundlePath)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The OpenAPI document of this version, as JSON text. */
export const openApiDocument = (): Promise<string> => readFile(join(root, 'openapi', 'openapi.json'), 'utf8')

/** The program of the worker, as this process runs: TypeScript as it is, or, once built, the one file, which takes less memory. */
export const workerProgram =
  extname(import.meta.filename) === '.ts' ? join(import.meta.dirname, 'worker.ts') : workerBundlePath
