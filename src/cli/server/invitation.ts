/** The lines that a person reads when a node has started: where it is, and how the next device joins. */
import { inUrl, isLoopback } from '../../link/address.ts'
import { joinLine, joinList } from '../../link/server/join-line.ts'
import { printToken } from '../../link/token.ts'
import { version } from '../version.ts'
import type { OpenLink } from './node-start.ts'
import { localHost, reachableHost } from './lan-address.ts'

/** Where the API listens; `pin`: the fingerprint of the certificate that it made for itself, by which it is known. */
export type ApiDoor = {
  readonly host: string
  readonly port: number
  readonly scheme: 'http' | 'https'
  readonly pin?: string | undefined
}

/** The first lines. A node alone has no API. */
export const introduction = ({
  dataDir,
  api,
}: {
  readonly dataDir?: string
  readonly api?: ApiDoor
}): readonly string[] => {
  const url = api === undefined ? undefined : `${api.scheme}://${inUrl(localHost(api.host))}:${api.port}`
  return [
    `Retire-Cluster ${version}`,
    ...(url === undefined ? [] : [`  API        ${url}/api/v1`, `  API docs   ${url}/docs`]),
    ...(api?.pin === undefined
      ? []
      : [`  API pin    ${api.pin}   (its certificate is its own; retire-cluster knows it by --pin)`]),
    ...(dataDir === undefined ? [] : [`  Data       ${dataDir}`]),
  ]
}

/** How an API server on this machine or another speaks for the node. */
export const apiInvitation = async ({
  bind,
  advertisedHost,
  port,
  clusterToken,
}: OpenLink): Promise<readonly string[]> => {
  if (clusterToken === undefined) return []
  const host = await reachableHost(bind, advertisedHost)
  return [
    '',
    'To serve its API, here or on another machine (the token gives full command of the cluster):',
    '',
    `  retire-cluster-api --cluster-host ${host} --cluster-port ${port} --cluster-token ${printToken(clusterToken)}`,
    '',
  ]
}

/** How devices join. */
export const invitation = async ({ bind, port, joinToken, ...link }: OpenLink): Promise<readonly string[]> => {
  const host = await reachableHost(bind, link.advertisedHost)
  const nodes = link.nodes()
  const join = joinList(nodes, joinToken.fingerprint) ?? `${inUrl(host)}:${port}`
  return [
    `  Devices    ${inUrl(host)}:${port}`,
    '',
    'To add a device, paste this into its terminal (it needs Node 22.16 or newer, and says how to get it):',
    '',
    `  ${joinLine({ host, port, token: joinToken, nodes })}`,
    '',
    'or, from a clone of the repository:',
    '',
    `  npm run worker -- --join ${join} --token ${printToken(joinToken)}`,
    '',
    ...(isLoopback(bind)
      ? [`Only this machine can join, as the node listens on ${bind}; --cluster-bind 0.0.0.0 opens it to your network.`]
      : []),
    ...(!isLoopback(bind) && joinToken.fingerprint === undefined
      ? [
          'WARNING: the link is plain (--insecure-link). Whoever is on its way can read the tokens, and command the devices;',
          'a worker needs --insecure-link as well.',
        ]
      : []),
    'Stop with Ctrl-C.',
  ]
}
