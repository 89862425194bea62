import t from 'tap'
import type { LogList, TaskList } from '../../schemas/index.ts'
import { settle } from '../cluster/fake-clock.ts'
import { submitEcho } from '../cluster/world.ts'
import type { Answer } from './start-api.ts'
import { startWorld } from './start-world.ts'

/** The target of `Link: <…>; rel="next"`. */
const nextOf = ({ headers }: Answer): string | null => {
  const { link } = headers
  if (link === undefined) return null
  const target = /^<([^>]+)>; rel="next"$/.exec(String(link))?.[1]
  if (target === undefined) throw new Error(`not a Link to the next page: ${String(link)}`)
  return target
}

void t.test('paging through 1,000 tasks while others are added and finished repeats none and skips none', async (t) => {
  const { world, api, send } = await startWorld(t)
  const { task_ids } = await send<{ task_ids: string[] }>('POST', '/tasks/batch', {
    tasks: Array.from({ length: 1000 }, (_, index) => ({ task_type: 'echo', payload: { message: String(index) } })),
  })
  const device = await world.connect()
  const seen: string[] = []
  let added = 0
  for (let path: string | null = '/api/v1/tasks?limit=37'; path !== null;) {
    const answer: Answer = await api.call('GET', path)
    const data = answer.json().data as unknown as TaskList
    seen.push(...data.tasks.map(({ task_id }) => task_id))
    t.equal(data.total, 1000 + added)
    path = nextOf(answer)
    t.equal(path === null, data.next_cursor === null, 'the header and the field agree')
    if (path !== null) {
      t.equal(new URL(path, 'http://a').searchParams.get('cursor'), data.next_cursor)
      t.equal(new URL(path, 'http://a').searchParams.get('limit'), '37', 'the parameters are kept')
    }
    await submitEcho(world)
    added += 1
    // The clock goes back: the order is that of arrival.
    world.clock.jump(-60_000)
    for (const run of [...device.runs]) await device.finish(run)
    await settle()
  }
  t.strictSame(seen, [...task_ids].reverse())
  t.ok(added > 25)
  const finished = await api.call('GET', '/api/v1/tasks?status=completed&limit=1')
  t.ok((finished.json().data as unknown as TaskList).completed > 25, 'tasks did end meanwhile')
})

void t.test('the log is paged by its Link, with the same filters, and none is repeated or skipped', async (t) => {
  const { world, api, get } = await startWorld(t)
  const device = await world.connect({ device_id: 'd' })
  for (let index = 0; index < 25; index += 1) {
    await submitEcho(world)
    for (const run of [...device.runs]) await device.finish(run)
  }
  const { logs: all } = await get<LogList>('/logs?component=task_executor&limit=1000')
  t.equal(all.length, 50, 'of each task its start and its end')
  const walked: unknown[] = []
  for (let path: string | null = '/api/v1/logs?component=task_executor&limit=7'; path !== null;) {
    const answer: Answer = await api.call('GET', path)
    walked.push(...(answer.json().data as unknown as LogList).logs)
    path = nextOf(answer)
    await submitEcho(world)
    for (const run of [...device.runs]) await device.finish(run)
  }
  t.strictSame(walked, all)
})

void t.test('a Link keeps every parameter, repeated ones and odd characters too', async (t) => {
  const { world, api } = await startWorld(t)
  for (const device_id of ['a', 'b', 'c']) await world.connect({ device_id, tags: ['x', 'y'] })
  const answer = await api.call('GET', '/api/v1/devices?tag=x&tag=y&sort=cpu&order=desc&limit=1')
  const { searchParams, pathname } = new URL(nextOf(answer) ?? '', 'http://a')
  t.equal(pathname, '/api/v1/devices')
  t.strictSame(searchParams.getAll('tag'), ['x', 'y'])
  t.equal(searchParams.get('sort'), 'cpu')
  t.equal((await api.call('GET', nextOf(answer) ?? '')).status, 200)
  const dated = await api.call('GET', '/api/v1/tasks?limit=1&since=2026-11-24T12:00:00%2B01:00')
  t.equal(nextOf(dated), null, 'no page follows the last one')
  await submitEcho(world)
  await submitEcho(world)
  const { headers } = await api.call('GET', '/api/v1/tasks?limit=1&since=2026-11-24T12:00:00%2B01:00')
  t.match(headers.link, /since=2026-11-24T12%3A00%3A00%2B01%3A00/)
  const head = await api.call('HEAD', '/api/v1/tasks?limit=1&since=2026-11-24T12:00:00%2B01:00')
  t.equal(head.headers.link, headers.link, 'HEAD has it too')
})

void t.test('a cursor belongs to its listing and its filters', async (t) => {
  const { world, get, refusal } = await startWorld(t)
  await world.connect({ device_id: 'a' })
  await world.connect({ device_id: 'b' })
  for (let index = 0; index < 3; index += 1) await submitEcho(world)
  const tasks = (await get<TaskList>('/tasks?limit=1')).next_cursor ?? ''
  const devices = (await get<{ next_cursor: string }>('/devices?limit=1')).next_cursor
  const logs = (await get<LogList>('/logs?limit=1')).next_cursor ?? ''
  t.equal((await get<TaskList>(`/tasks?limit=2&cursor=${tasks}`)).tasks.length, 2, 'the limit is no filter')
  for (const path of [
    `/tasks?status=pending&cursor=${tasks}`,
    `/tasks?since=0&cursor=${tasks}`,
    `/tasks?cursor=${devices}`,
    `/tasks?cursor=${logs}`,
    `/tasks?cursor=abc`,
    `/devices?cursor=${tasks}`,
    `/devices?sort=cpu&cursor=${devices}`,
    `/devices?order=desc&cursor=${devices}`,
    `/logs?level=debug&cursor=${logs}`,
    `/logs?cursor=${tasks}`,
  ]) {
    const { status, code, details } = await refusal('GET', path)
    t.equal(status, 400, path)
    t.equal(code, 'VALIDATION_ERROR', path)
    t.match(details?.issues, [{ in: 'query', path: '/cursor' }], path)
  }
})
