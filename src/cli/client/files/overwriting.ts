/** Files that are there already, and are replaced only by who says so. */
import { lstat } from 'node:fs/promises'
import { UsageError } from '../../failure.ts'

/**
 * Looks before anything is done that would be for nothing.
 * @param instead - what else the command line may say, as a clause
 * @throws UsageError where something is at one of the paths, a link that leads nowhere too
 */
export const refuseOverwriting = async (
  paths: readonly string[],
  { overwrite, instead }: { readonly overwrite: boolean; readonly instead: string },
): Promise<void> => {
  if (overwrite) return
  const there: string[] = []
  for (const path of paths) if (await lstat(path).catch(() => undefined)) there.push(path)
  const [first] = there
  if (first === undefined) return
  const [what, them] =
    there.length === 1 ? [`${first} is`, 'it'] : [`${first} and ${there.length - 1} more are`, 'them']
  throw new UsageError(`${what} there already. --overwrite replaces ${them}; ${instead}.`)
}
