import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { Cluster, OutputPiece } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import { followOutput } from '../../src/api/stream/follow-output.ts'
import { submitEcho } from '../cluster/world.ts'
import { eventually, openStream } from './open-stream.ts'
import { serve } from './start-api.ts'
import { startWorld } from './start-world.ts'

/** A task that a device runs, with what the test makes it print. */
const startPrinting = async (t: Test) => {
  const { world, api } = await startWorld(t)
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  await device.start(run)
  let printed = ''
  const print = (text: string) => {
    const { epoch, attempt } = run
    device.session.output({ task_id, epoch, attempt, offset: printed.length, text })
    printed += text
  }
  const finish = (more = '') => {
    const output = printed + more
    const result = { output, exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 1 }
    return device.finish(run, { result })
  }
  return { world, api, task_id, path: `/api/v1/tasks/${task_id}/output`, print, finish }
}

/** A cluster whose one task prints what the test says, piece by piece. */
const clusterOf = (output: Cluster['tasks']['output']) => ({ tasks: { output } }) as unknown as Cluster

void t.test('the output so far is plain text, and tells the offset that goes on from there', async (t) => {
  const { api, path, print, finish } = await startPrinting(t)
  const nothing = await api.call('GET', path)
  t.equal(nothing.status, 200)
  t.equal(nothing.text, '')
  t.equal(nothing.headers['x-next-offset'], '0')
  print('one\ntwö\n')
  const some = await api.call('GET', path)
  t.equal(some.headers['content-type'], 'text/plain; charset=utf-8')
  t.equal(some.text, 'one\ntwö\n')
  t.equal(some.headers['x-next-offset'], '8')
  t.equal((await api.call('GET', `${path}?offset=4`)).text, 'twö\n')
  t.equal((await api.call('GET', `${path}?offset=8`)).text, '')
  await finish('three\n')
  const rest = await api.call('GET', `${path}?offset=8`)
  t.equal(rest.text, 'three\n')
  t.equal(rest.headers['x-next-offset'], '14')
  t.equal((await api.call('GET', `${path}?offset=9000&follow=true`)).text, '')
})

void t.test('a follower gets what is printed as it comes, until the task is final', async (t) => {
  const { api, path, print, finish } = await startPrinting(t)
  const fromStart = await openStream(t, api.port, `${path}?follow=true`)
  t.equal(fromStart.status, 200, 'the head comes before anything is printed')
  t.equal(fromStart.headers['content-type'], 'text/plain; charset=utf-8')
  print('one\n')
  await fromStart.until('the first line', ({ text }) => text === 'one\n')
  const fromFour = await openStream(t, api.port, `${path}?follow=true&offset=4`)
  print('two\n')
  await fromStart.until('the second line', ({ text }) => text === 'one\ntwo\n')
  await fromFour.until('the second line', ({ text }) => text === 'two\n')
  await finish('three\n')
  t.equal(await fromStart.ended, 'whole')
  t.equal(await fromFour.ended, 'whole')
  t.equal(fromStart.text, 'one\ntwo\nthree\n')
  t.equal(fromFour.text, 'two\nthree\n')
  t.equal((await openStream(t, api.port, `${path}?follow=true`)).status, 200)
})

void t.test('a character that comes in two pieces arrives whole', async (t) => {
  const { api, path, print, finish } = await startPrinting(t)
  const follower = await openStream(t, api.port, `${path}?follow=true`)
  print('a\ud83d')
  await follower.until('the first character', ({ text }) => text === 'a')
  print('\ude00b')
  await follower.until('the next ones', ({ text }) => text === 'a😀b')
  const long = `${'x'.repeat(65_535 - 4)}😀`.repeat(3)
  print(long)
  await finish()
  t.equal(await follower.ended, 'whole')
  t.ok(follower.text === `a😀b${long}`, 'no character is cut where a long text is sent in parts')
})

void t.test('what is wrong with a request is told in the envelope', async (t) => {
  const { api, path } = await startPrinting(t)
  const missing = await api.call('GET', '/api/v1/tasks/task-none/output?follow=true')
  t.equal(missing.status, 404)
  t.equal(missing.json().error?.code, 'TASK_NOT_FOUND')
  for (const query of ['follow=yes', 'offset=-1', 'offset=01', 'folow=true', 'offset=1&offset=2']) {
    const answer = await api.call('GET', `${path}?${query}`)
    t.equal(answer.status, 400, query)
    t.equal(answer.json().error?.code, 'VALIDATION_ERROR', query)
  }
  const json = await api.call('GET', path, { headers: { Accept: 'application/json' } })
  t.equal(json.status, 406)
  t.equal(json.json().error?.details.media_type, 'text/plain')
})

void t.test('HEAD answers at once, though the task goes on', async (t) => {
  const { api, path, print } = await startPrinting(t)
  print('one\n')
  const head = await api.call('HEAD', `${path}?follow=true`)
  t.equal(head.status, 200)
  t.equal(head.headers['content-length'], '4')
  t.equal(head.headers['x-next-offset'], '4')
})

void t.test('a client that vanishes is asked for no more, and hurts nobody', async (t) => {
  let asked = 0
  let print: (() => void) | undefined
  const output: Cluster['tasks']['output'] = ({ offset, wait }) => {
    if (wait === 0) return Promise.resolve({ text: '', next_offset: offset, ended: false })
    asked += 1
    return new Promise((resolve) => {
      print = () => resolve({ text: 'more\n', next_offset: offset + 5, ended: false })
    })
  }
  const { port, call } = await serve(t, clusterOf(output), { limits: null })
  const follower = await openStream(t, port, '/api/v1/tasks/task-1/output?follow=true')
  await eventually('the cluster is asked', () => asked === 1)
  print?.()
  await follower.until('a line', ({ text }) => text === 'more\n')
  await eventually('it is asked again', () => asked === 2)
  follower.vanish()
  t.equal(await follower.ended, 'broken off')
  // Another request makes sure that the server has seen it.
  await call('GET', '/api/v1/tasks/task-1/output')
  print?.()
  await call('GET', '/api/v1/tasks/task-1/output')
  t.equal(asked, 2)
})

void t.test('a client that does not read makes the cluster be asked for no more', async (t) => {
  let asked = 0
  const piece: OutputPiece = { text: 'x'.repeat(1_048_576), next_offset: 0, ended: false }
  const tasks = {
    output: () => {
      asked += 1
      return Promise.resolve(piece)
    },
  }
  const { signal } = new AbortController()
  const text = followOutput({ tasks, task_id: 'task-1', first: piece, signal })
  t.equal((await text.next()).value, '', 'the head of the answer')
  for (let chunk = 0; chunk < 16; chunk += 1) t.equal(((await text.next()).value as string).length, 65_536)
  t.equal(asked, 0, 'the first piece lasts for so long')
  await text.next()
  t.equal(asked, 1)
  await text.return(undefined)
})

void t.test('a follower waits for a node that is away, and goes on where it was', async (t) => {
  const offsets: number[] = []
  const tasks = {
    output: ({ offset }: { offset: number }): Promise<OutputPiece> => {
      offsets.push(offset)
      return offsets.length < 3
        ? Promise.reject(new ClusterError('CLUSTER_UNAVAILABLE', { reason: 'gone', retry_after_seconds: 0 }))
        : Promise.resolve({ text: 'two', next_offset: 6, ended: true })
    },
  }
  const first: OutputPiece = { text: 'one', next_offset: 3, ended: false }
  const { signal } = new AbortController()
  let whole = ''
  for await (const text of followOutput({ tasks, task_id: 'task-1', first, signal })) whole += text
  t.equal(whole, 'onetwo')
  t.strictSame(offsets, [3, 3, 3])
})

void t.test('where the output can no longer be read, the answer breaks off instead of ending', async (t) => {
  const output: Cluster['tasks']['output'] = ({ wait }) =>
    wait === 0
      ? Promise.resolve({ text: 'one', next_offset: 3, ended: false })
      : Promise.reject(new ClusterError('TASK_NOT_FOUND', { task_id: 'task-1' }))
  const { port } = await serve(t, clusterOf(output), { limits: null })
  const follower = await openStream(t, port, '/api/v1/tasks/task-1/output?follow=true')
  t.equal(await follower.ended, 'broken off')
  t.equal(follower.text, 'one')
})

void t.test('a server that stops breaks its followers off at once, as their tasks are not final', async (t) => {
  const { api, path, print } = await startPrinting(t)
  const follower = await openStream(t, api.port, `${path}?follow=true`)
  print('one\n')
  await follower.until('the first line', ({ text }) => text === 'one\n')
  // It waits for no time to pass.
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  t.teardown(() => mock.timers.reset())
  await api.app.close()
  t.equal(await follower.ended, 'broken off')
})
