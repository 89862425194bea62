/**
 * Bundles the worker into one file, dist/retire-cluster-worker.mjs: what a device downloads from its node and runs by its
 * own Node, without a clone and without npm.
 */
import { build, type OnLoadResult, type Plugin } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, deflateRawSync } from 'node:zlib'
import { workerBundlePath } from '../src/cli/package-files.ts'
import { version } from '../src/cli/version.ts'
import { builtinsAtRunTime } from './builtins-at-run-time.ts'
import { bundleFile } from './bundle-file.ts'
import { compiledChecks, linkValidators } from './link-validators.ts'

/** The one file has no package.json beside it: the version is written into it. */
const versionInside: Plugin = {
  name: 'version-inside',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/]cli[\\/]version\.ts$/ }, () => ({
      contents: `export const version = ${JSON.stringify(version)}`,
    }))
  },
}

/**
 * A module as it stands in the one file compressed: every worker keeps the text of its file in memory, and Node that of a larger one
 * in twice as many bytes. By Deflate (RFC 1951): some of it is loaded at every start, and Brotli takes 2 MB of memory for it.
 * @param contents - CommonJS, which sets `exports`
 * @param exported - how what it set is exported
 */
const compressedModule = async (contents: string, exported: string): Promise<OnLoadResult> => {
  const resolveDir = dirname(import.meta.dirname)
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    minify: true,
    legalComments: 'eof',
    write: false,
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return {
    contents: [
      "import { inflateRawSync } from 'node:zlib'",
      "import { compileFunction } from 'node:vm'",
      `const compressed = Buffer.from('${deflateRawSync(code, { level: 9 }).toString('base64')}', 'base64')`,
      "const evaluate = compileFunction(inflateRawSync(compressed).toString(), ['exports', 'require'])",
      'const exported = {}',
      'evaluate(exported, require)',
      exported,
    ].join('\n'),
    resolveDir,
  }
}

const CHECKS = 'compiled-checks'

/** Validators are compiled now: a compiler in the worker would cost a third of its memory. */
const compiledValidators: Plugin = {
  name: 'compiled-validators',
  setup: ({ onResolve, onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/]link[\\/]validators\.ts$/ }, () => ({ contents: linkValidators(CHECKS) }))
    onResolve({ filter: new RegExp(`^${CHECKS}$`) }, ({ path }) => ({ path, namespace: CHECKS }))
    onLoad({ filter: /.*/, namespace: CHECKS }, () => compressedModule(compiledChecks(), 'export default exported'))
  },
}

/**
 * The engine of the sandbox reads its WebAssembly from a file of its package. The one file has it inside, compressed: few tasks
 * need it, and every worker keeps the text of its file in memory.
 */
const engineInside: Plugin = {
  name: 'engine-inside',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]src[\\/]worker[\\/]javascript[\\/]engine\.ts$/ }, async () => {
      const wasm = await readFile(fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')))
      return {
        contents: [
          "import { brotliDecompressSync } from 'node:zlib'",
          "import { newVariant } from 'quickjs-emscripten-core'",
          "import variant from '@jitl/quickjs-wasmfile-release-sync'",
          `const compressed = Buffer.from('${brotliCompressSync(wasm).toString('base64')}', 'base64')`,
          'export const engine = newVariant(variant, { wasmBinary: () => brotliDecompressSync(compressed) })',
        ].join('\n'),
        resolveDir: dirname(import.meta.dirname),
      }
    })
  },
}

/**
 * What most workers never load: what is taken of it, and how it is exported. Of systeminformation the worker asks three things
 * (src/worker/machine.ts), on macOS and Windows alone; of dns-packet two, where it looks for its node; the engine is driven by the
 * processes of `javascript` tasks alone, and payloads.ts, which has a compiler of schemas, is for those of an owner's own task types.
 */
const rarelyLoaded: Readonly<Record<string, { readonly taken: readonly string[]; readonly exported: string }>> = {
  systeminformation: {
    taken: [
      "exports.battery = require('systeminformation/lib/battery.js')",
      "exports.cpuTemperature = require('systeminformation/lib/cpu.js').cpuTemperature",
      "exports.networkStats = require('systeminformation/lib/network.js').networkStats",
    ],
    exported: 'export default exported',
  },
  'dns-packet': {
    taken: ["exports.decode = require('dns-packet').decode", "exports.encode = require('dns-packet').encode"],
    exported: 'export const { decode, encode } = exported',
  },
  'quickjs-emscripten-core': {
    taken: [
      "const { newQuickJSWASMModuleFromVariant, newVariant } = require('quickjs-emscripten-core')",
      'Object.assign(exports, { newQuickJSWASMModuleFromVariant, newVariant })',
    ],
    exported: 'export const { newQuickJSWASMModuleFromVariant, newVariant } = exported',
  },
  '../../link/payloads.ts': {
    taken: ["Object.assign(exports, require('./src/link/payloads.ts'))"],
    exported: 'export const { checkPayloadSchema, readPayloadSchema } = exported',
  },
}

/** They are compiled where they are asked for. */
const rarelyLoadedCompressed: Plugin = {
  name: 'rarely-loaded-compressed',
  setup: ({ onResolve, onLoad }) => {
    const names = new RegExp(`^(${Object.keys(rarelyLoaded).join('|')})$`)
    onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'rarely-loaded' }))
    onLoad({ filter: /.*/, namespace: 'rarely-loaded' }, ({ path }) => {
      const { taken = [], exported = '' } = rarelyLoaded[path] ?? {}
      return compressedModule(taken.join('\n'), exported)
    })
  },
}

await bundleFile(workerBundlePath, {
  isExecutable: true,
  entryPoints: ['src/cli/worker.ts'],
  legalComments: 'eof',
  plugins: [builtinsAtRunTime, versionInside, compiledValidators, engineInside, rarelyLoadedCompressed],
})
