/** A played device: a link of its own that keeps to the protocol, and nothing behind it. Its tasks are waits. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { type AttemptRef, linkMethods, MAX_MESSAGE_BYTES, SUBPROTOCOLS } from '../../schemas/link.ts'
import type { Log } from '../../src/cluster/ports/log.ts'
import { type NodeEndpoint, openSocket } from '../../src/link/client/open-socket.ts'
import { createPeer } from '../../src/link/rpc.ts'
import type { LinkEnd } from '../../src/link/rpc-types.ts'
import { profileOf, telemetryOf } from './telemetry.ts'

/** The node has so long to take a device in, and an end of a task, milliseconds. */
const ANSWER_MS = 60_000

/** How a device is played. */
export type Playing = {
  readonly node: NodeEndpoint
  readonly token: string
  /** Its number among those of the fleet; its id is made of it. */
  readonly number: number
  readonly slots: number
  /** How long its tasks take, milliseconds; null: they never end. */
  readonly taskMs: number | null
  readonly onTaskEnd: () => void
  /** Its connection has ended. */
  readonly onEnd: (end: LinkEnd) => void
}

/** A device that has joined. */
export interface PlayedDevice {
  readonly socket: WebSocket
  /** The TCP connection under it. */
  readonly transport: Socket
  /** Says goodbye. */
  end(): Promise<void>
}

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Opens a socket to a node, as a worker does. */
export const connect = async (node: NodeEndpoint): Promise<{ socket: WebSocket; transport: Socket }> => {
  const socket = openSocket(node, '/link', SUBPROTOCOLS, { maxPayload: MAX_MESSAGE_BYTES })
  const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>
  await once(socket, 'open')
  const [response] = await upgraded
  return { socket, transport: response.socket }
}

const completed = {
  outcome: 'completed',
  result: { output: '', exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 0 },
  error: null,
  execution_time_seconds: 0,
  resource_usage: null,
} as const
const cancelled = { ...completed, outcome: 'cancelled', result: null } as const

/** Joins a node, and goes on until it is ended. */
export const playDevice = async (playing: Playing): Promise<PlayedDevice> => {
  const { node, token, number, slots, taskMs, onTaskEnd, onEnd } = playing
  const { socket, transport } = await connect(node)
  const running = new Map<string, NodeJS.Timeout | undefined>()
  let intervalMs = 0
  let beat = 0
  let timer: NodeJS.Timeout | undefined

  const finish = (ref: AttemptRef, end: typeof completed | typeof cancelled) => {
    const { task_id, epoch, attempt } = ref
    running.delete(task_id)
    onTaskEnd()
    // A connection that is lost is told of by its end.
    peer.request('task.finished', { task_id, epoch, attempt, ...end }, ANSWER_MS).catch(() => undefined)
  }
  const peer = createPeer({
    socket,
    transport,
    methods: linkMethods,
    local: 'device',
    remote: 'node',
    handlers: {
      'device.ping': () => ({}),
      'config.changed': ({ heartbeat_interval }) => void (intervalMs = heartbeat_interval * 1000),
      'nodes.changed': () => undefined,
      'task.run': ({ task_id, epoch, attempt }) => {
        const ref = { task_id, epoch, attempt }
        peer.notify('task.started', ref)
        running.set(task_id, taskMs === null ? undefined : setTimeout(() => finish(ref, completed), taskMs))
      },
      'task.cancel': (ref) => {
        if (!running.has(ref.task_id)) return
        clearTimeout(running.get(ref.task_id))
        finish(ref, cancelled)
      },
    },
    log: silent,
    onEnd: (end) => {
      clearTimeout(timer)
      for (const task of running.values()) clearTimeout(task)
      onEnd(end)
    },
  })
  const welcome = await peer.request(
    'device.hello',
    {
      device_id: `device-${number}`,
      credential: randomBytes(32).toString('base64url'),
      session: null,
      join_token: token,
      role: 'compute',
      tags: [`tag-${number % 10}`],
      profile: profileOf(number),
      telemetry: telemetryOf(number, 0),
      offer: { slots, task_types: ['echo', 'sleep', 'system_info'], allow: [], custom_types: [] },
      running: [],
      finished: [],
    },
    ANSWER_MS,
  )
  intervalMs = welcome.settings.heartbeat_interval * 1000
  const next = (ms: number) => {
    timer = setTimeout(() => {
      peer.notify('device.heartbeat', { telemetry: telemetryOf(number, ++beat) })
      next(intervalMs)
    }, ms)
  }
  // Devices that were switched on at random moments do not beat together.
  next(Math.random() * intervalMs)

  return {
    socket,
    transport,
    end: async () => {
      const closed = once(socket, 'close')
      peer.notify('device.goodbye', { reason: 'the bench is over' })
      peer.close(1000, 'the bench is over')
      await closed
    },
  }
}
