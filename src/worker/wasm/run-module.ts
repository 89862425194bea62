/**
 * Running a module of WASI preview 1 by Node's own implementation, which its documentation does not call safe for code of others.
 * What was found to lead out of it is refused here (docs/adr/0016): by links a module reached files outside of its directory, and
 * calls for sockets ended the process.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import { systemCode } from '../errors.ts'
import { writeAll } from '../write-all.ts'
import type { WasmRequest } from './request.ts'

/** The number of an error (wasi_snapshot_preview1, `errno`): what is not supported. */
const NOTSUP = 58

/** Without links in it, a directory has no way out; its inputs are files, and none can be made. */
const REFUSED = ['path_link', 'path_symlink', 'sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'] as const

/** What is taken of the global of that name, which the types of Node leave out. */
type Engine = { instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: object }> }
const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: Engine }

const importsOf = ({ wasiImport }: WASI): object => {
  const refusals = Object.fromEntries(REFUSED.map((name) => [name, () => NOTSUP]))
  return { wasi_snapshot_preview1: { ...(wasiImport as object), ...refusals } }
}

const start = async ({ module, args, env }: WasmRequest): Promise<number> => {
  const directory = process.cwd()
  const bytes = await readFile(join(directory, module))
  const wasi = new WASI({ version: 'preview1', args: [module, ...args], env, preopens: { '/': directory } })
  const { instance } = await engine.instantiate(bytes, importsOf(wasi))
  return wasi.start(instance)
}

/**
 * Runs a module to its end.
 * @returns the exit code
 */
export const runModule = async (request: WasmRequest): Promise<number> => {
  try {
    return await start(request)
  } catch (error) {
    const isAbsent = systemCode(error) === 'ENOENT'
    writeAll(3, isAbsent ? `The task has no input ${request.module}, which its module was to be.` : String(error))
    return 1
  }
}
