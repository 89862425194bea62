/** A Redis of the bench's own. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch, type Program } from '../../measure/program.ts'
import { freePort } from './free-port.ts'

/** When what was written is forced to the disk: before it is acknowledged, or each second. */
export type Appendfsync = 'always' | 'everysec'

/** Starts one in a directory. It keeps a log of all that is written, and forgets nothing when it is full, as BullMQ and Celery demand. */
export const startRedis = async (
  parent: string,
  appendfsync: Appendfsync,
): Promise<Program & { readonly port: number }> => {
  const directory = join(parent, 'redis')
  mkdirSync(directory)
  const port = await freePort()
  const program = await launch({
    program: 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
      ...['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', '', '--maxmemory-policy', 'noeviction'],
    ],
    ready: /Ready to accept connections/,
  })
  return { ...program, port }
}
