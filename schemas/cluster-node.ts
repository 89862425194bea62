/** The nodes of a cluster, as its devices are told of them: each with its address and its key. */
import type { Static } from '@sinclair/typebox'
import { nullable, object } from './component.ts'
import { integer, list, text } from './primitives.ts'

/** A cluster has so many nodes at the most, as far as its devices know. */
export const MOST_NODES = 32

/** A host name, an IPv4 address, or an IPv6 address without brackets. */
const HOST_PATTERN = '^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f:.]{2,45})$'

/** Where devices reach a node, and how they know it. */
export const ClusterNode = object('Where devices reach a node, and how they know it.', {
  host: text('Its host name or address; an IPv6 address without brackets.', 253, { pattern: HOST_PATTERN }),
  port: integer('Its port for devices.', 1, 65_535),
  fingerprint: nullable(
    text(
      'The fingerprint of its key: SHA-256 of the public key (SPKI), base64url. Null: the link to it is plain.',
      43,
      {
        pattern: '^[A-Za-z0-9_-]{43}$',
      },
    ),
  ),
})
/** Where devices reach a node, and how they know it. */
export type ClusterNode = Static<typeof ClusterNode>

/** The nodes of a cluster. */
export const ClusterNodes = list(
  ClusterNode,
  'The nodes of the cluster, those that are away for now among them. Absent where there is one alone.',
  MOST_NODES,
)
