/**
 * The network between devices and their node in simulated time: connections that break, that lose what is under way, that stand
 * still for a while, and that die without a word. It is in the place of `keepConnected` and the link's server, which have sockets
 * and timers of their own.
 */
import { type HelloParams, type HelloResult, linkMethods, type ParamsOf, type ResultOf } from '../../schemas/link.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import type { DeviceGate, DeviceLink, DeviceSession } from '../../src/cluster/ports/link.ts'
import { problemOf } from '../../src/link/checks.ts'
import { backoffMs, LONGEST_DELAY_MS, longestDelayMs } from '../../src/link/client/backoff.ts'
import {
  type ConnectOptions,
  type DeviceNotification,
  type DeviceRequest,
  type NodeConnection,
  RpcError,
} from '../../src/link/client/keep-connected.ts'
import type { FakeClock } from '../cluster/fake-clock.ts'
import type { Chance } from '../faults/chance.ts'
import type { DeviceClock } from './device-clock.ts'
import { createLane, type Lane } from './lane.ts'

/** The node pings so often, and gives up who answers none of two (src/link/server/server.ts). */
const NODE_LOOKS_MS = 20_000
const NODE_MISSES = 2
/** A device looks so often, and gives up a node that was silent at each of four (src/link/client/keep-connected.ts). */
const DEVICE_LOOKS_MS = 15_000
const DEVICE_MISSES = 4
/** Until a handshake that nobody answers has failed. */
const HANDSHAKE_MS = 10_000

/** The node's end of a connection. */
type NodeEnd = { readonly die: () => void }

/** Where connections lead: the node, as long as it runs. */
export type Shore = { gate: DeviceGate | undefined; readonly ends: Set<NodeEnd> }

/** What gets through: from the device, and to it. */
type Way = { readonly out: Lane; readonly in: Lane }

/** The network at one device. */
export interface Air {
  readonly way: Way
  /** The connection breaks, and both ends learn it at once. */
  cut(): void
  /** What `startAgent` connects by. */
  connect(options: ConnectOptions): NodeConnection
}

/** What crosses a link is JSON that meets its schema: what does not is a fault of the product. */
const crossed = <T>(method: string, schema: Parameters<typeof problemOf>[0], value: T): T => {
  const problem = problemOf(schema, value)
  if (problem !== undefined) throw new Error(`${method} would not have been taken: ${problem}`)
  return JSON.parse(JSON.stringify(value)) as T
}

/** What a device may tell, as its session takes it. What is not named is what the node does not know. */
const heard: Partial<Record<DeviceNotification, (session: DeviceSession, params: never) => void>> = {
  'device.heartbeat': (session, { telemetry }: ParamsOf<'device.heartbeat'>) => session.heartbeat(telemetry),
  'device.goodbye': (session) => session.goodbye(),
  'task.started': (session, attempt: ParamsOf<'task.started'>) => session.started(attempt),
  'task.progress': (session, report: ParamsOf<'task.progress'>) => session.progress(report),
  'task.output': (session, output: ParamsOf<'task.output'>) => session.output(output),
}

type World = {
  readonly clock: FakeClock
  readonly device: DeviceClock
  readonly shore: Shore
  readonly chance: Chance
  /** Told of what must not happen. */
  readonly finding: (what: string) => void
}

/** Two ends of a connection, and what they learn of each other. */
type Line = {
  /** Brings something to an end, if it is still open, and the way free, when it arrives. */
  toNode(act: () => void): void
  toDevice(act: () => void): void
  endAtNode(by: 'device' | 'node'): void
  endAtDevice(): void
}

/** Makes a connection. `onEnd`s are called once each, when that end is gone. */
const openLine = (
  { clock, device, shore }: World,
  way: Way,
  onEnd: { readonly atNode: (by: 'device' | 'node') => void; readonly atDevice: () => void },
): Line => {
  const open = { node: true, device: true }
  // A message leaves when its sender runs, and is read when its receiver does.
  const across = (lane: Lane, isOpen: () => boolean, act: () => void) => {
    const arrive = () => {
      if (isOpen()) act()
    }
    setImmediate(() => lane.pass(() => device.whenAwake(arrive)))
  }
  const toNode = (act: () => void) => across(way.out, () => open.node, act)
  const toDevice = (act: () => void) => across(way.in, () => open.device, act)
  const nodeEnd: NodeEnd = {
    die: () => {
      open.node = false
      shore.ends.delete(nodeEnd)
      toDevice(endAtDevice)
    },
  }
  const endAtNode = (by: 'device' | 'node') => {
    if (!open.node) return
    nodeEnd.die()
    onEnd.atNode(by)
  }
  const endAtDevice = () => {
    if (!open.device) return
    open.device = false
    toNode(() => endAtNode('device'))
    onEnd.atDevice()
  }
  const watchFromNode = (missed: number) => {
    if (!open.node) return
    const isSilent = !way.in.isThrough() || !way.out.isThrough() || device.isHalted() || !open.device
    if (isSilent && missed + 1 >= NODE_MISSES) endAtNode('device')
    else clock.after(NODE_LOOKS_MS, () => watchFromNode(isSilent ? missed + 1 : 0))
  }
  const watchFromDevice = (missed: number) => {
    if (!open.device) return
    const isSilent = !way.in.isThrough() || !open.node
    if (isSilent && missed + 1 >= DEVICE_MISSES) endAtDevice()
    else device.after(DEVICE_LOOKS_MS, () => watchFromDevice(isSilent ? missed + 1 : 0))
  }
  shore.ends.add(nodeEnd)
  watchFromNode(0)
  watchFromDevice(0)
  return { toNode, toDevice, endAtNode, endAtDevice }
}

/** The network at a device. */
export const createAir = (world: World): Air => {
  const { clock, device, shore, chance, finding } = world
  const way = { out: createLane(), in: createLane() }
  let current: Line | undefined

  const connect = (options: ConnectOptions): NodeConnection => {
    const handlers = options.handlers as Readonly<Record<string, (params: unknown) => void>>
    let isStopped = false
    let failures = 0
    let longestMs = LONGEST_DELAY_MS
    let cancelRetry: () => void = () => undefined
    let welcomed: { readonly session: DeviceSession; readonly line: Line; readonly sinceMs: number } | undefined
    const unanswered = new Set<(error: Error) => void>()

    const again = () => {
      if (isStopped) return
      cancelRetry = device.after(Math.ceil(backoffMs(failures, longestMs, chance.between(0, 1))), dial)
      failures += 1
    }

    const lost = () => {
      const wasWelcome = welcomed
      welcomed = undefined
      for (const refuse of [...unanswered]) refuse(new RpcError('closed', 'the link was lost'))
      if (isStopped) return
      if (wasWelcome !== undefined) {
        options.onDisconnected?.()
        if (device.monotonic() - wasWelcome.sinceMs >= longestMs) failures = 0
      }
      again()
    }

    const dial = () => {
      const { gate } = shore
      const isReachable = way.in.isThrough() && way.out.isThrough()
      if (gate !== undefined && isReachable) open(gate)
      // A host says at once that nobody listens there; out of a network that is gone nothing comes.
      else if (isReachable) again()
      else cancelRetry = device.after(HANDSHAKE_MS, again)
    }

    const open = (gate: DeviceGate) => {
      const line = openLine(world, way, { atNode: (by) => session.closed(by), atDevice: lost })
      current = line
      let early: (() => void)[] | undefined = []
      const inTurn = (act: () => void) => {
        if (early === undefined) act()
        else early.push(act)
      }
      const link: DeviceLink = {
        address: '192.0.2.1',
        notify: (method, params) => {
          const arrived = crossed(method, linkMethods[method].params, params)
          line.toDevice(() => inTurn(() => handlers[method]?.(arrived)))
        },
        request: (_method, _params, timeoutMs) =>
          new Promise((resolve, reject) => {
            const cancel = clock.after(timeoutMs, () => reject(new RpcError('timeout', 'no answer')))
            // The only request of the node is the ping, whose answer is empty.
            const answer = () => {
              cancel()
              resolve({} as never)
            }
            line.toDevice(() => line.toNode(answer))
          }),
        close: () => line.endAtNode('node'),
      }
      const session = gate.connect(link)

      const welcome = (answer: HelloResult) => {
        welcomed = { session, line, sinceMs: device.monotonic() }
        longestMs = longestDelayMs(answer.settings)
        options.onWelcome(answer)
        const acts = early ?? []
        early = undefined
        for (const act of acts) act()
      }
      const greet = async (hello: HelloParams) => {
        try {
          const answer = await session.hello(hello)
          const arrived = crossed<HelloResult>('the welcome', linkMethods['device.hello'].result, answer)
          line.toDevice(() => welcome(arrived))
        } catch (error) {
          if (!(error instanceof ClusterError) || error.code !== 'CLUSTER_UNAVAILABLE')
            finding(
              `a device was not let in: ${error instanceof ClusterError ? JSON.stringify(error.details) : String(error)}`,
            )
          line.endAtNode('node')
        }
      }
      options.hello().then(
        (hello) => {
          const arrived = crossed<HelloParams>('device.hello', linkMethods['device.hello'].params, hello)
          line.toNode(() => void greet(arrived))
        },
        (error: unknown) => finding(`a hello could not be made: ${String(error)}`),
      )
    }

    const ask = (end: ParamsOf<'task.finished'>, timeoutMs: number): Promise<unknown> => {
      if (welcomed === undefined) return Promise.reject(new RpcError('closed', 'not connected'))
      const { session, line } = welcomed
      const arrived = crossed('task.finished', linkMethods['task.finished'].params, end)
      return new Promise((resolve, reject) => {
        const refuse = (error: Error) => {
          cancel()
          unanswered.delete(refuse)
          reject(error)
        }
        const cancel = device.after(timeoutMs, () => refuse(new RpcError('timeout', 'no answer')))
        const answer = (value: unknown) => {
          cancel()
          unanswered.delete(refuse)
          resolve(value)
        }
        unanswered.add(refuse)
        line.toNode(() => {
          session.finished(arrived).then(
            (value) => line.toDevice(() => answer(value)),
            (error: unknown) => line.toDevice(() => refuse(error as Error)),
          )
        })
      })
    }

    const tell = (method: DeviceNotification, params: unknown): boolean => {
      if (welcomed === undefined) return false
      const { session, line } = welcomed
      const arrived = crossed(method, linkMethods[method].params, params)
      line.toNode(() => heard[method]?.(session, arrived as never))
      return true
    }

    dial()
    return {
      connected: () => welcomed !== undefined,
      notify: tell,
      // The only request of these devices besides their hello is task.finished: none changes what it offers.
      request: <M extends DeviceRequest>(method: M, params: ParamsOf<M>, timeoutMs: number) =>
        ('outcome' in params ? ask(params, timeoutMs) : Promise.reject(new RpcError('unknown', method))) as Promise<
          ResultOf<M>
        >,
      renew: () => undefined,
      close: (goodbye) => {
        isStopped = true
        cancelRetry()
        if (goodbye !== undefined) tell('device.goodbye', goodbye)
        welcomed = undefined
        current?.endAtDevice()
        return Promise.resolve()
      },
    }
  }

  return {
    way,
    cut: () => {
      current?.endAtNode('device')
      current?.endAtDevice()
    },
    connect,
  }
}
