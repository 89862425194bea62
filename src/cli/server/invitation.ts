/** The lines that a person reads when a node has started: where it is, and how the next device joins. */
import { joinLine } from '../../link/server/join-line.ts'
import { version } from '../version.ts'
import type { EmbeddedNode } from './embedded-node.ts'
import { inUrl, isLoopback, localHost, reachableHost } from './lan-address.ts'

/** Writes lines for people to stdout; the log goes elsewhere. */
export const say = (lines: readonly string[]): void => {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** The first lines. `api` is where the API listens; a node alone has none. */
export const introduction = ({
  dataDir,
  api,
}: {
  readonly dataDir?: string
  readonly api?: { readonly host: string; readonly port: number }
}): readonly string[] => {
  const url = api === undefined ? undefined : `http://${inUrl(localHost(api.host))}:${api.port}`
  return [
    `Retire-Cluster ${version}`,
    ...(url === undefined ? [] : [`  API        ${url}/api/v1`, `  API docs   ${url}/docs`]),
    ...(dataDir === undefined ? [] : [`  Data       ${dataDir}`]),
  ]
}

/** How an API server on this machine or another speaks for the node. */
export const apiInvitation = async ({ bind, port, clusterToken }: EmbeddedNode): Promise<readonly string[]> => {
  if (clusterToken === undefined) return []
  const host = await reachableHost(bind)
  return [
    '',
    'To serve its API, here or on another machine (the token gives full command of the cluster):',
    '',
    `  retire-cluster-api --cluster-host ${host} --cluster-port ${port} --cluster-token ${clusterToken}`,
    '',
  ]
}

/** How devices join. */
export const invitation = async ({ bind, port, joinToken }: EmbeddedNode): Promise<readonly string[]> => {
  const host = await reachableHost(bind)
  return [
    `  Devices    ${inUrl(host)}:${port}`,
    '',
    'To add a device, paste this into its terminal (it needs Node 22.16 or newer, and says how to get it):',
    '',
    `  ${joinLine({ host, port, token: joinToken })}`,
    '',
    'or, from a clone of the repository:',
    '',
    `  npm run worker -- --join ${inUrl(host)}:${port} --token ${joinToken}`,
    '',
    ...(isLoopback(bind)
      ? [`Only this machine can join, as the node listens on ${bind}; --cluster-bind 0.0.0.0 opens it to your network.`]
      : ['The link is plain until TLS comes with a later version: use it only in a network that you trust.']),
    'Stop with Ctrl-C.',
  ]
}
