/** The Python of the device. */
import type { Machine } from '../machine.ts'

/** A Python 3. */
export type Python = {
  /** The interpreter itself, past all wrappers (pyenv, asdf) that would need their owner's environment. */
  readonly program: string
  /** Such as `3.11.2`. */
  readonly version: string
}

/** On Windows `python3` may be a stub that opens the store, so `python` is asked too. */
const namesOn = (platform: NodeJS.Platform) => (platform === 'win32' ? ['python3', 'python'] : ['python3'])

const QUESTION = 'import sys; print(sys.executable); print(sys.version.split()[0])'

/** Looks for a Python 3 in the search path, and runs it once; null where there is none. */
export const findPython = async ({ ask, platform }: Pick<Machine, 'ask' | 'platform'>): Promise<Python | null> => {
  for (const name of namesOn(platform)) {
    const [program, version] = (await ask(name, ['-I', '-S', '-c', QUESTION]))?.split(/\r?\n/) ?? []
    if (program !== undefined && version !== undefined && /^3\S{0,60}$/.test(version)) return { program, version }
  }
  return null
}
