/** The Python package as users install it, in a virtual environment of its own. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { root, toEnd } from './generated.ts'

/** An environment with the package, and with what checks it. */
export type PythonEnvironment = {
  /** A program of the environment. */
  readonly bin: (name: string) => string
  /** A copy of the sources: what is built and checked leaves nothing in the repository. */
  readonly source: string
}

/**
 * Makes an environment in a directory, and installs the package there.
 * @param toDevelop - with its requirements for development
 */
export const pythonEnvironment = async (
  directory: string,
  { toDevelop }: { readonly toDevelop: boolean } = { toDevelop: true },
): Promise<PythonEnvironment> => {
  await toEnd('python3', ['-m', 'venv', 'venv'], directory)
  const bin = (name: string) => join(directory, 'venv/bin', name)
  const source = join(directory, 'source')
  cpSync(join(root, 'clients/python'), source, {
    recursive: true,
    filter: (path) => !/__pycache__|\.(?:mypy|pytest|ruff)_cache|\.venv/.test(path),
  })
  const requirements = toDevelop ? ['-r', join(source, 'requirements-dev.txt')] : []
  await toEnd(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', source, ...requirements], directory)
  return { bin, source }
}
