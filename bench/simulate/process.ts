/** Plays devices when it is asked to, in a process of its own. */
import { answer } from '../measure/asked.ts'
import { connect } from './device.ts'
import { type FleetOptions, joinFleet, type PlayedFleet } from './fleet.ts'
import { flood, type Line } from './flood.ts'

/** What it can be asked: to let a fleet join; to open links that say nothing of themselves; to flood what is open; how it went so far. */
export type Play =
  | ({ readonly kind: 'join' } & FleetOptions)
  | { readonly kind: 'connect'; readonly port: number; readonly links: number }
  | { readonly kind: 'flood'; readonly seconds: number }
  | { readonly kind: 'count' }

/** What it answers: heartbeats a second of a flood; tasks that have ended, and links that were lost. */
export type Played = { readonly perSecond: number; readonly ended: number; readonly lost: number }

let fleet: PlayedFleet | undefined
let lines: readonly Line[] = []

const connectAll = async (port: number, links: number): Promise<Line[]> => {
  const open: Line[] = []
  while (open.length < links) open.push(await connect({ host: '127.0.0.1', port, fingerprint: undefined }))
  return open
}

answer(async (play: Play): Promise<Played> => {
  let perSecond = 0
  switch (play.kind) {
    case 'join':
      fleet = await joinFleet(play)
      lines = fleet.devices
      break
    case 'connect':
      lines = await connectAll(play.port, play.links)
      break
    case 'flood':
      perSecond = await flood(lines, play.seconds)
      break
    case 'count':
  }
  return { perSecond, ended: fleet?.counts.ended ?? 0, lost: fleet?.counts.lost ?? 0 }
})
