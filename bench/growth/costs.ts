/** What single things cost the service: its processor time for each, microseconds, since a growth is looked for and no ratio to others. */
import { withCost } from '../measure/cost.ts'
import { type Load, type LoadMaker } from '../measure/load.ts'
import { type Readers } from '../measure/readers.ts'
import { caller, KEY, type Service } from '../measure/service.ts'

const SECONDS = 2
const EVENTS = 100
/** Tasks that one request can bear (CONTRACT.md §5). */
const MOST_AT_ONCE = 1000

const task = { task_type: 'echo', payload: { message: 'hello' } }

/** Once to warm up, and once that counts. */
const second = async <T>(run: () => Promise<T>): Promise<T> => {
  await run()
  return run()
}

const costOf = async (
  service: Service,
  load: LoadMaker,
  asked: Omit<Load, 'url' | 'headers' | 'seconds'>,
  path: string,
) => {
  const question: Load = { ...asked, url: `${service.url}${path}`, headers: caller, seconds: SECONDS }
  const { cpuUs } = await second(() =>
    withCost(
      service,
      () => load.ask(question),
      ({ answers }) => answers,
    ),
  )
  return cpuUs
}

/** Gives each of so many slots a task. */
export const occupy = async (service: Service, slots: number): Promise<void> => {
  for (let left = slots; left > 0; left -= MOST_AT_ONCE) {
    const tasks = Array.from({ length: Math.min(left, MOST_AT_ONCE) }, () => task)
    const body = JSON.stringify({ tasks })
    const answer = await fetch(`${service.url}/api/v1/tasks/batch`, { method: 'POST', headers: caller, body })
    if (!answer.ok) throw new Error(`the slots could not be filled: ${await answer.text()}`)
  }
}

/** One task that is taken in; and run, where a device is free. */
export const submitCost = (service: Service, load: LoadMaker): Promise<number> =>
  costOf(service, load, { method: 'POST', body: JSON.stringify(task), connections: 10 }, '/api/v1/tasks')

/** One page of a listing. */
export const pageCost = (service: Service, load: LoadMaker, path: string): Promise<number> =>
  costOf(service, load, { connections: 5 }, path)

/** One event that one stream gets. */
export const deliveryCost = async (service: Service, readers: Readers, streams: number): Promise<number> => {
  const { cpuUs } = await second(() =>
    withCost(
      service,
      () =>
        readers.ask({
          port: service.port,
          path: '/api/v1/monitor/stream?types=tasks',
          headers: { 'x-api-key': KEY },
          streams,
          cause: {
            path: '/api/v1/tasks/batch',
            body: JSON.stringify({ tasks: Array.from({ length: EVENTS }, () => task) }),
            events: EVENTS,
          },
          seconds: SECONDS,
        }),
      ({ events }) => events,
    ),
  )
  return cpuUs
}
