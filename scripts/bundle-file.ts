/** Bundles a program into one file. */
import { build, type BuildOptions } from 'esbuild'
import { chmod, mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bundleOptions } from './bundle.ts'

const EXECUTABLE = 0o755

/** Written beside and renamed: who starts or serves the file meanwhile never reads half of it. `options` go before those of all bundles. */
export const bundleFile = async (
  path: string,
  { isExecutable, ...options }: BuildOptions & { readonly isExecutable: boolean },
): Promise<void> => {
  const unfinished = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true })
  await build({ ...bundleOptions, ...options, outfile: unfinished })
  if (isExecutable) await chmod(unfinished, EXECUTABLE)
  await rename(unfinished, path)
}
