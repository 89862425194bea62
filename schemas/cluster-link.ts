/**
 * The messages between an API server, or another node of the cluster, and the node that it speaks with: JSON-RPC 2.0 on that one's
 * port, subprotocol `retire-cluster-api.v1`.
 */
import { Type } from '@sinclair/typebox'
import { anyJson, count, id, integer, MAX_SAFE, text } from './primitives.ts'
import { Deed } from './access.ts'
import { oneOf } from './component.ts'
import { Empty, linkMessage, type LinkMethod } from './link.ts'

/** The WebSocket subprotocol of an API server. */
export const CLUSTER_SUBPROTOCOL = 'retire-cluster-api.v1'

/** The largest message between an API server and its node, in bytes: a page of 1,000 tasks with what they printed. */
export const MAX_CLUSTER_MESSAGE_BYTES = 256 * 1024 * 1024

/** A connection of a device to the other node, which numbers them. */
const connection = integer('Which of the devices that are connected to the other node.', 1, MAX_SAFE)
/** A method of the link of devices (`linkMethods`), whose parameters and result are checked by its own table. */
const ofDevice = {
  connection,
  method: text('A method of the link of devices.', 64),
  params: anyJson('What it takes.'),
}
const answered = linkMessage('What was answered.', { result: anyJson('The answer.') })

/** The methods of that link. Inputs and outputs of operations are checked where they enter and leave, at the API's edge. */
export const clusterMethods = {
  'cluster.hello': {
    from: 'api',
    params: linkMessage('The first message of an API server.', {
      cluster_token: text('The cluster token of the node.', 256),
      version: text('Version of the API server.', 64),
      member: Type.Optional(
        id('The id of a node of this cluster, which serves as long as this one has the lease; absent: an API server.'),
      ),
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
  'cluster.count': {
    from: 'api',
    params: linkMessage('Requests that are counted against a budget, over all nodes.', {
      key: text('The budget, and whose it is.', 1024),
      amount: count('How much.'),
      length_ms: integer('How long a window is, milliseconds.', 1, 86_400_000),
    }),
    result: linkMessage('What was counted in the window, and how long it lasts still.', {
      total: count('What was counted.'),
      left_ms: Type.Number({ minimum: 0, maximum: 86_400_000, description: 'Milliseconds.' }),
    }),
  },
  'device.connect': {
    from: 'api',
    params: linkMessage('A device has connected to the other node.', {
      connection,
      address: text('The address that it comes from.', 64),
    }),
    result: null,
  },
  'device.said': { from: 'api', params: linkMessage('A device has told something.', ofDevice), result: null },
  'device.asked': { from: 'api', params: linkMessage('A device asks something.', ofDevice), result: answered },
  'device.gone': {
    from: 'api',
    params: linkMessage('The connection of a device is gone.', {
      connection,
      by: oneOf(['device', 'node'], 'Who has closed it.'),
    }),
    result: null,
  },
  'device.tell': { from: 'node', params: linkMessage('A device is told something.', ofDevice), result: null },
  'device.ask': {
    from: 'node',
    params: linkMessage('A device is asked something.', {
      ...ofDevice,
      timeout_ms: integer('How long it has to answer, milliseconds.', 0, 3_600_000),
    }),
    result: answered,
  },
  'device.close': {
    from: 'node',
    params: linkMessage('The connection of a device is to be closed.', {
      connection,
      code: integer('The code (RFC 6455 §7.4).', 1000, 4999),
      reason: text('Why.', 1024),
    }),
    result: null,
  },
} as const satisfies Record<string, LinkMethod>
