/** Clients made from the committed OpenAPI document, in a directory of the repository's own, where the packages are found. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** The repository. */
export const root = join(import.meta.dirname, '../../..')

/** The committed document. */
export const document = join(root, 'openapi/openapi.json')

/** A program of a package that is installed here. */
export const installed = (name: string): string => join(root, 'node_modules/.bin', name)

/** Runs a program to its end; fails with all that it wrote. */
export const toEnd = async (
  program: string,
  args: readonly string[],
  cwd: string,
  env = process.env,
): Promise<string> => {
  try {
    const { stdout } = await run(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** The strictest settings of the compiler, for a program that is run as it is. */
export const strictest = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUnusedLocals: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: false,
  },
}
