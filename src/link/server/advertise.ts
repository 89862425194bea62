/** Tells the networks of a node that it is there, by multicast DNS: src/link/dns-sd.ts has what is told. */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { AUTHORITATIVE_ANSWER, encode, type Packet } from 'dns-packet'
import type { Log } from '../../cluster/ports/log.ts'
import { isEveryAddress } from '../address.ts'
import { MULTICAST, namesOf, packetIn, recordsOf, type ToldNode } from '../dns-sd.ts'
import { isWithin, type OwnNetwork, ownNetworks } from '../own-addresses.ts'
import { announcement, type Answers, answersFor, asLegacy, goodbye } from './dns-sd-answers.ts'

/** What is advertised, and where. */
export type AdvertiseOptions = {
  readonly node: ToldNode
  /** The address that the node listens on: it is told in the networks of that address alone. */
  readonly bind: string
  readonly log: Log
  /** For tests: the networks of this machine, and another port than that of multicast DNS. */
  readonly networks?: () => Promise<readonly OwnNetwork[]>
  readonly multicastPort?: number
}

/** A node that is advertised. */
export interface Advertisement {
  /** Resolves when it answers for the first time, or cannot. */
  readonly ready: Promise<void>
  /** Says goodbye, and ends it. */
  close(): Promise<void>
}

/** How often the networks of this machine are looked at again: a laptop changes them, and DHCP its address. */
const LOOK_MS = 15_000

/** A network hears the same at most once in this time, and the second announcement so much after the first (RFC 6762 §6, §8.3). */
const PAUSE_MS = 1000

/** Others may have the same answer: nobody answers at once (RFC 6762 §6). */
const delayMs = (): number => 20 + Math.random() * 100

/** Answers that may wait to be sent: whoever asks so fast asks again. */
const MOST_UNSENT = 64

/** RFC 6762 §18.3: any other opcode is ignored. */
const OPCODE = 0x7800

/** Begins to advertise a node. Whatever fails is logged: a node does its work unheard of, too. */
export const advertise = (options: AdvertiseOptions): Advertisement => {
  const { node, bind, log, networks = ownNetworks, multicastPort = MULTICAST.port } = options
  const names = namesOf(node.fingerprint)
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  const everybody = { address: MULTICAST.address, port: multicastPort }
  /** The networks in which it is told, by its address there, with the timer of what is to be said. */
  const told = new Map<string, { readonly network: OwnNetwork; heardMs: number; due?: NodeJS.Timeout | undefined }>()
  let isReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  let sent = Promise.resolve()
  let unsent = 0
  let look: NodeJS.Timeout | undefined
  let isClosed = false

  const recordsIn = ({ address }: OwnNetwork) => recordsOf(node, names, [address])

  const send = (network: OwnNetwork, to: { address: string; port: number }, answers: Answers, more: Packet = {}) => {
    if (unsent >= MOST_UNSENT) return
    unsent += 1
    // One after the other: the interface of a multicast is a setting of the socket.
    sent = sent.then(
      () =>
        new Promise((resolve) => {
          const done = (error: unknown) => {
            unsent -= 1
            if (error) log.debug({ err: error, address: network.address }, 'an answer of multicast DNS was not sent')
            resolve()
          }
          try {
            socket.setMulticastInterface(network.address)
            const bytes = encode({ ...more, type: 'response', flags: AUTHORITATIVE_ANSWER, ...answers })
            socket.send(bytes, to.port, to.address, done)
          } catch (error) {
            done(error)
          }
        }),
    )
  }

  /** Tells a network, a moment later, all that there is to know; once for all who ask meanwhile. */
  const tellSoon = (address: string) => {
    const place = told.get(address)
    if (place === undefined || place.due !== undefined) return
    const wait = Math.max(delayMs(), place.heardMs + PAUSE_MS - performance.now())
    place.due = setTimeout(() => {
      place.due = undefined
      place.heardMs = performance.now()
      send(place.network, everybody, announcement(recordsIn(place.network)))
    }, wait).unref()
  }

  const enter = (network: OwnNetwork) => {
    try {
      socket.addMembership(MULTICAST.address, network.address)
    } catch (error) {
      // A second address of one interface hears by the membership of the first.
      log.debug({ err: error, address: network.address }, 'multicast DNS is not heard here')
    }
    told.set(network.address, { network, heardMs: performance.now() })
    send(network, everybody, announcement(recordsIn(network)))
    setTimeout(() => tellSoon(network.address), PAUSE_MS).unref()
  }

  const leave = (address: string) => {
    clearTimeout(told.get(address)?.due)
    told.delete(address)
    try {
      socket.dropMembership(MULTICAST.address, address)
    } catch (error) {
      log.debug({ err: error, address }, 'the interface is gone')
    }
  }

  const lookAround = async () => {
    const now = (await networks()).filter(({ address }) => isEveryAddress(bind) || address === bind)
    if (isClosed) return
    for (const address of told.keys()) if (!now.some((network) => network.address === address)) leave(address)
    for (const network of now) if (!told.has(network.address)) enter(network)
  }

  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const query = packetIn(bytes)
    if (query?.type !== 'query' || ((query.flags ?? 0) & OPCODE) !== 0) return
    // Nobody outside of our networks gets an answer (RFC 6762 §11).
    const { network } = [...told.values()].find((place) => isWithin(place.network, from.address)) ?? {}
    if (network === undefined) return
    const answers = answersFor(query, names, recordsIn(network))
    if (answers === undefined) return
    if (from.port === multicastPort) tellSoon(network.address)
    else {
      const questions = (query.questions ?? []).map(({ type, name }) => ({ type, name }))
      send(network, from, asLegacy(answers), { id: query.id, questions })
    }
  })

  socket.on('error', (error) => {
    if (look === undefined) log.warn({ err: error, port: multicastPort }, 'the node is not advertised in its network')
    else log.debug({ err: error }, 'multicast DNS failed')
    isReady()
  })

  socket.bind({ port: multicastPort, exclusive: false }, () => {
    if (isClosed) return
    // RFC 6762 §11: who answers is on the link, and shows it.
    socket.setMulticastTTL(255)
    look = setInterval(() => void lookAround(), LOOK_MS).unref()
    void lookAround().then(isReady)
  })
  socket.unref()

  return {
    ready,
    close: async () => {
      isClosed = true
      clearInterval(look)
      for (const { network, due } of told.values()) {
        clearTimeout(due)
        send(network, everybody, goodbye(recordsIn(network)))
      }
      await sent
      socket.close()
    },
  }
}
