/** The node as the agent's tests play it. */
import type { Offer } from '../../schemas/device-profile.ts'
import type { FinishedParams, HelloResult, ParamsOf, ResultOf, WorkerSettings } from '../../schemas/link.ts'
import {
  type ClusterError,
  type ConnectOptions,
  type DeviceRequest,
  type NodeConnection,
  RpcError,
} from '../../src/link/client/keep-connected.ts'

/** The settings that it gives. */
export const settings: WorkerSettings = { heartbeat_interval: 60, offline_threshold: 300, reconnect_grace: 30 }

/** Its answer to a hello. */
export const welcome = (more: Partial<HelloResult> = {}): HelloResult => ({
  device_id: 'device-1',
  session: 'session-1',
  approved: true,
  cluster_version: '1.0.0',
  settings,
  abandon: [],
  printed: [],
  ...more,
})

/** A node that the test plays: what the agent said to it, and what it may say to the agent. */
export const playedNode = () => {
  let options: ConnectOptions | undefined
  let isConnected = false
  let acknowledges = true
  const said: { method: string; params: unknown }[] = []
  const unanswered: (() => void)[] = []
  const finished: FinishedParams[] = []
  const offers: Offer[] = []
  let knowsOffers = true
  let renewed = 0
  let goodbye: { reason: string } | undefined
  const connection: NodeConnection = {
    connected: () => isConnected,
    notify: (method, params) => {
      if (isConnected) said.push({ method, params })
      return isConnected
    },
    request: <M extends DeviceRequest>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> => {
      if (!isConnected) return Promise.reject(new RpcError('closed', 'not connected'))
      if (method === 'device.offer' && !knowsOffers) return Promise.reject(new RpcError('unknown', 'method not found'))
      if ('offer' in params) offers.push(params.offer)
      else finished.push(params)
      const lost = () => new RpcError('closed', 'the connection is gone')
      const answer: unknown = acknowledges
        ? Promise.resolve({})
        : new Promise((_answered, reject) => unanswered.push(() => reject(lost())))
      // The requests of a device besides its hello have an empty answer.
      return answer as Promise<ResultOf<M>>
    },
    renew: () => void (renewed += 1),
    close: (params) => {
      goodbye = params
      isConnected = false
      return Promise.resolve()
    },
  }
  const agentSide = () => {
    if (options === undefined) throw new Error('the agent has not connected')
    return options
  }
  return {
    connect: (given: ConnectOptions) => {
      options = given
      return connection
    },
    said: (method: string) => said.filter((message) => message.method === method).map(({ params }) => params),
    finished,
    offers,
    renewed: () => renewed,
    isOlderThanOffers: () => {
      knowsOffers = false
    },
    goodbye: () => goodbye,
    hello: () => agentSide().hello(),
    welcomes: (result: HelloResult) => {
      isConnected = true
      agentSide().onWelcome(result)
    },
    acknowledgesNothing: () => {
      acknowledges = false
    },
    vanishes: () => {
      isConnected = false
      for (const refuse of unanswered.splice(0)) refuse()
      agentSide().onDisconnected?.()
    },
    refuses: (refusal: ClusterError) => {
      isConnected = false
      agentSide().onRefused(refusal)
    },
    asks: () => agentSide().handlers,
  }
}
