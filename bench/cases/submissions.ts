/** `POST /tasks`: each answer means that the task is on disk. */
import { join } from 'node:path'
import type { Bench, Case } from '../measure/case.ts'
import { type Ceiling, startCeiling } from '../measure/ceiling.ts'
import { withCost } from '../measure/cost.ts'
import { type Load, startLoadMaker } from '../measure/load.ts'
import { inPairs } from '../measure/pairs.ts'
import { rowOf } from '../measure/row.ts'
import { caller, type Service, startService } from '../measure/service.ts'
import { startDevices } from '../simulate/simulator.ts'

const CONNECTIONS = 50
const BATCH = 100
const SECONDS = 4

const task = { task_type: 'echo', payload: { message: 'hello' }, metadata: { from: 'the bench' } }

const single = { body: JSON.stringify(task), method: 'POST', headers: caller, connections: CONNECTIONS } as const

/** A service of five devices, which are busy: what is measured is the taking in. */
const busyService = async ({ directory, using }: Bench): Promise<Service> => {
  const service = using(await startService(join(directory, 'node')))
  using(await startDevices(service, 5, { slots: 1, taskMs: null }))
  return service
}

/** Single submits against a group commit that writes the same row and does nothing else. */
export const submissions: Case = {
  name: 'submit',
  measure: async (bench) => {
    const service = await busyService(bench)
    const ceiling = bench.using(await startCeiling('group-commit', [join(bench.directory, 'ceiling.db')]))
    const load = bench.using(startLoadMaker())
    const of = (server: Service | Ceiling) =>
      withCost(
        server,
        () => load.ask({ ...single, url: `${server.url}/api/v1/tasks`, seconds: SECONDS }),
        ({ answers }) => answers,
      )
    const measured = await inPairs({ ours: () => of(service), ceiling: () => of(ceiling) }, bench.pairs, bench.tell)
    return [
      rowOf(measured, 'perSecond', {
        what: '`POST /tasks`, durable, 50 connections',
        unit: 'tasks/s',
        wanted: { of: 'ratio', least: 0.75 },
      }),
      rowOf(measured, 'p99Ms', {
        what: '`POST /tasks`, durable, 50 connections, p99',
        unit: 'ms',
        wanted: { of: 'ratio', most: 2 },
      }),
    ]
  },
}

/** Batches of 100 against single submits, both ours. */
export const batches: Case = {
  name: 'batch',
  measure: async (bench) => {
    const service = await busyService(bench)
    const load = bench.using(startLoadMaker())
    const of = async (path: string, each: number, more: Partial<Load>) => {
      const question = { ...single, url: `${service.url}${path}`, seconds: SECONDS, ...more }
      const { perSecond, cpuUs } = await withCost(
        service,
        () => load.ask(question),
        ({ answers }) => answers * each,
      )
      return { perSecond: perSecond * each, cpuUs }
    }
    const body = JSON.stringify({ tasks: Array.from({ length: BATCH }, () => task) })
    const measured = await inPairs(
      {
        ours: () => of('/api/v1/tasks/batch', BATCH, { body, connections: 4 }),
        ceiling: () => of('/api/v1/tasks', 1, {}),
      },
      bench.pairs,
      bench.tell,
    )
    return [
      rowOf(measured, 'perSecond', {
        what: '`POST /tasks/batch` of 100, against single submits',
        unit: 'tasks/s',
        wanted: { of: 'ratio', least: 4 },
      }),
    ]
  },
}
