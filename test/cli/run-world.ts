/** What tests of `retire-cluster run` share: a command, a folder, a client. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningCluster } from '../start-cluster.ts'
import { entry, type Outcome, runToEnd, start, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** What a task does: it takes a moment, and writes its file in capitals. */
export const CAPITALS = ['sh', '-c', 'sleep 0.02; tr a-z A-Z < "$0" > "$1"', '{in}', '{out}']

/** A folder with files of which no two contain the same. */
export const folderOf = (directory: string, count: number): string => {
  const folder = join(directory, 'texts')
  mkdirSync(folder)
  for (let number = 0; number < count; number += 1) writeFileSync(join(folder, `${number}.txt`), `text ${number}\n`)
  return folder
}

/** A client of a cluster, and a directory for its files. */
export const clientOf = (t: Test, { url }: Pick<RunningCluster, 'url'>) => {
  const directory = temporaryDirectory(t)
  const variables = {
    RETIRE_CLUSTER_API_URL: url,
    XDG_CONFIG_HOME: '/nonexistent',
    XDG_CACHE_HOME: join(directory, 'cache'),
  }
  return {
    directory,
    out: join(directory, 'out'),
    start: (args: readonly string[]) => start(t, entry('client'), args, variables),
    run: (args: readonly string[]): Promise<Outcome> => runToEnd(t, entry('client'), args, variables),
  }
}

/** The files of a folder that are in their place; one that is still coming has a name with a dot. */
export const arrived = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    // It is made with the first one.
    return []
  }
}

/** The name of the batch that a client has told. */
export const batchIn = (said: string): string => /^Batch (\S+)$/m.exec(said)?.[1] ?? ''
