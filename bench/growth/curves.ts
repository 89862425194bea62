/** How costs grow with the size of a cluster: a service of its own for each size. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLoadMaker } from '../measure/load.ts'
import { startReaders } from '../measure/readers.ts'
import { type Service, startService } from '../measure/service.ts'
import { startDevices } from '../simulate/simulator.ts'
import { deliveryCost, occupy, pageCost, submitCost } from './costs.ts'
import { storeTasks } from './stored.ts'

/** Costs of one size, by what they are of. */
export type Point = { readonly size: number; readonly costs: Readonly<Record<string, number>> }

/** A curve: what grows, and the costs at each size. */
export type Curve = { readonly of: string; readonly points: readonly Point[] }

const inDirectory = async <T>(use: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-bench-'))
  try {
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const withDevices = async <T>(
  directory: string,
  devices: number,
  how: { readonly slots: number; readonly taskMs: number | null },
  use: (service: Service) => Promise<T>,
): Promise<T> => {
  const service = await startService(directory)
  const simulator = await startDevices(service, devices, how)
  try {
    return await use(service)
  } finally {
    await simulator.end()
    await service.end()
  }
}

/** Devices: tasks that find them busy, tasks that are placed and run, a page of their listing, and their memory. */
export const deviceCosts = (size: number): Promise<Point> =>
  inDirectory(async (directory) => {
    const load = startLoadMaker()
    const busy = await withDevices(join(directory, 'busy'), size, { slots: 1, taskMs: null }, async (service) => ({
      'one page of the devices': await pageCost(service, load, '/api/v1/devices?limit=10'),
      'one submit, all busy': await occupy(service, size).then(() => submitCost(service, load)),
    }))
    const free = await withDevices(join(directory, 'free'), size, { slots: 16, taskMs: 0 }, async (service) => ({
      'one submit, placed and run': await submitCost(service, load),
      'resident memory, MB': service.residentMb(),
    }))
    await load.end()
    return { size, costs: { ...busy, ...free } }
  })

/** Stored tasks: a submit, and a page of their listing. */
export const storedCosts = (size: number): Promise<Point> =>
  inDirectory(async (directory) => {
    await storeTasks(directory, size)
    const load = startLoadMaker()
    const service = await startService(directory)
    const costs = {
      'one page of the tasks': await pageCost(service, load, '/api/v1/tasks?limit=50'),
      'one submit': await submitCost(service, load),
    }
    await service.end()
    await load.end()
    return { size, costs }
  })

/** Streams: an event at each. */
export const streamCosts = (size: number): Promise<Point> =>
  inDirectory(async (directory) => {
    const service = await startService(directory)
    const readers = startReaders()
    const costs = { 'one event at one stream': await deliveryCost(service, readers, size) }
    await readers.end()
    await service.end()
    return { size, costs }
  })
