/** Access for who has lost it: another key with every scope, made in the data directory while no node runs there. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { scopes } from '../../../schemas/access.ts'
import { noFiles } from '../../cluster/files/no-files.ts'
import { createNode } from '../../cluster/node.ts'
import { payloadProblems } from '../../link/payloads.ts'
import { DATABASE, ELSEWHERE } from '../../store/file-names.ts'
import type { Restoration } from '../../store/restore.ts'
import { StartError } from '../failure.ts'
import { deedAt } from './console.ts'
import type { NodeSettings } from '../options/settings.ts'
import { version } from '../version.ts'
import { openStore } from './open-store.ts'
import { systemClock } from './system-clock.ts'

/**
 * Makes the key, and prints it alone to stdout, so that a script can take it.
 * @throws DataDirectoryError, DatabaseError where a node runs there: it has both to itself, and must be stopped first
 * @throws StartError where there is no cluster
 */
export const makeAdminKey = async ({
  dataDir,
  database,
  elsewhere,
  restore,
  settings,
  log,
}: {
  readonly dataDir: string
  readonly database: string | undefined
  readonly elsewhere: 'refuse' | 'leave'
  readonly restore: Restoration | undefined
  readonly settings: NodeSettings
  readonly log: Logger
}): Promise<void> => {
  // A directory that was mistyped must not become a new cluster.
  const isCluster = [DATABASE, ELSEWHERE].some((name) => existsSync(join(dataDir, name)))
  if (restore === undefined && !isCluster)
    throw new StartError(`There is no cluster in ${dataDir}; name its directory by --data-dir.`)
  const onBroken = (error: Error) => {
    throw error
  }
  const store = await openStore({ dataDir, database, elsewhere, log, restore, onBroken }, new AbortController().signal)
  try {
    const { cluster, stop } = await createNode({
      store,
      files: noFiles,
      clock: systemClock,
      log,
      version,
      // Nothing listens: no device can join meanwhile.
      joining: { nodeToken: '', localToken: null, requireApproval: true },
      invite: () => Promise.reject(new Error('nothing listens here')),
      payloadProblems,
      config: { pinned: settings.pinned, file: settings.file },
      onBroken,
    })
    const { key, secret } = await cluster.acting(deedAt('newAdminKey'), () =>
      cluster.keys.create({ name: 'made by --new-admin-key', scopes: [...scopes] }),
    )
    await stop()
    process.stdout.write(`${secret}\n`)
    process.stderr.write(
      `The key ${key.id} has every scope, and is shown this once: keep it. Start the server as before.\n`,
    )
  } finally {
    await store.close()
  }
}
