/** The messages between an API server and a node elsewhere: JSON-RPC 2.0 on the node's port, subprotocol `retire-cluster-api.v1`. */
import { Type } from '@sinclair/typebox'
import { anyJson, id, text } from './primitives.ts'
import { Deed } from './access.ts'
import { Empty, linkMessage, type LinkMethod } from './link.ts'

/** The WebSocket subprotocol of an API server. */
export const CLUSTER_SUBPROTOCOL = 'retire-cluster-api.v1'

/** The largest message between an API server and its node, in bytes: a page of 1,000 tasks with what they printed. */
export const MAX_CLUSTER_MESSAGE_BYTES = 256 * 1024 * 1024

/** The methods of that link. Inputs and outputs of operations are checked where they enter and leave, at the API's edge. */
export const clusterMethods = {
  'cluster.hello': {
    from: 'api',
    params: linkMessage('The first message of an API server.', {
      cluster_token: text('The cluster token of the node.', 256),
      version: text('Version of the API server.', 64),
    }),
    result: linkMessage('The node lets it in.', { version: text('Version of the node.', 64) }),
  },
  'cluster.call': {
    from: 'api',
    params: linkMessage('One operation of the cluster.', {
      operation: text('Its name, as `tasks.submit`.', 64),
      input: Type.Optional(anyJson('What it takes.')),
      deed: Type.Optional(Deed),
    }),
    result: linkMessage('What it answered.', {
      output: Type.Optional(anyJson('Its answer; absent where it has none.')),
    }),
  },
  'cluster.event': {
    from: 'node',
    params: linkMessage('An event, as soon as it is on disk.', {
      id: text('Its id on the stream.', 64),
      sequence: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Its place in the order.' }),
      event: anyJson('The event.'),
    }),
    result: null,
  },
  'cluster.key_removed': {
    from: 'node',
    params: linkMessage('A key was removed: what it opened ends at once.', { key_id: id('The key.') }),
    result: null,
  },
  'cluster.listen': { from: 'api', params: Empty, result: Empty },
} as const satisfies Record<string, LinkMethod>
