/** Played devices for the cases, in a process of their own. */
import { join } from 'node:path'
import { type Asked, startAsked } from '../measure/asked.ts'
import { JOIN_TOKEN, type Service } from '../measure/service.ts'
import type { Play, Played } from './process.ts'

/** A process that plays devices. */
export type Simulator = Asked<Play, Played>

/** Starts one that plays none yet. */
export const startSimulator = (): Simulator => startAsked(join(import.meta.dirname, 'process.ts'))

/** Starts one whose devices have joined a service. */
export const startDevices = async (
  { clusterPort }: Pick<Service, 'clusterPort'>,
  devices: number,
  {
    slots = 2,
    taskMs = 0,
    first = 0,
  }: { readonly slots?: number; readonly taskMs?: number | null; readonly first?: number } = {},
): Promise<Simulator> => {
  const simulator = startSimulator()
  const node = { host: '127.0.0.1', port: clusterPort, fingerprint: undefined }
  await simulator.ask({ kind: 'join', node, token: JOIN_TOKEN, devices, first, slots, taskMs })
  return simulator
}
