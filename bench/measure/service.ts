/** Our service as it is built, with all that it does for its users: keys, scopes, validation, limits (high ones), events, audit, log. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { launch, type Program } from './program.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/server/retire-cluster-api.mjs')

/** The key of the caller, and the token of the devices. */
export const KEY = 'key-of-the-bench'
/** The token with which devices join. */
export const JOIN_TOKEN = 'join-token-of-the-bench'

/** By then its code is kept, milliseconds (src/cli/server/load-programs.ts). */
const STARTED_MS = 5500

/** The service. */
export type Service = Program & { readonly port: number; readonly clusterPort: number; readonly url: string }

/** Its limits are high, and on. */
const limits = ['--rate-limit-read', '1000000000', '--rate-limit-write', '1000000000', '--rate-limit-streams', '100000']

const cacheOf = (directory: string) => join(directory, 'cache')

/** Where its code is kept. */
export const codeOf = (directory: string): string =>
  join(cacheOf(directory), 'retire-cluster', 'retire-cluster-api.code')

/** Starts it in a data directory. Resolves as soon as it listens. */
export const launchService = async (directory: string, flags: readonly string[] = []): Promise<Service> => {
  if (!existsSync(PROGRAM)) throw new Error('build it first: npm run build')
  const program = await launch({
    args: [
      PROGRAM,
      ...['--port', '0', '--cluster-port', '0', '--cluster-bind', '127.0.0.1', '--auth'],
      ...['--data-dir', directory, '--join-token', JOIN_TOKEN],
      ...limits,
      ...flags,
    ],
    ready: /"port":(?<port>\d+).*"cluster_port":(?<clusterPort>\d+).*"msg":"listening"/,
    // Code that was kept of other builds is none of a bench's.
    variables: { RETIRE_CLUSTER_API_KEY: KEY, XDG_CACHE_HOME: cacheOf(directory) },
  })
  const [port, clusterPort] = [Number(program.said.port), Number(program.said.clusterPort)]
  return { ...program, port, clusterPort, url: `http://127.0.0.1:${port}` }
}

/** Starts it, and waits until it is past its start. */
export const startService = async (directory: string, flags: readonly string[] = []): Promise<Service> => {
  const service = await launchService(directory, flags)
  await pause(Math.max(0, STARTED_MS - service.startMs))
  return service
}

/** The headers of its caller. */
export const caller = { 'x-api-key': KEY, 'content-type': 'application/json' } as const

/** Asks it something, and returns the `data` of the answer. */
export const ask = async <D>({ url }: Pick<Service, 'url'>, path: string, body?: object): Promise<D> => {
  const response = await fetch(`${url}${path}`, {
    headers: caller,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return ((await response.json()) as { data: D }).data
}
