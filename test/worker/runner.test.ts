import t from 'tap'
import { systemClock } from '../../src/worker/clock.ts'
import { completed, type EndReason, interrupted } from '../../src/worker/executors/execution.ts'
import { settle } from '../cluster/fake-clock.ts'
import { runnerWorld } from './runner-world.ts'
import { assignment, finished, ref, until } from './world.ts'

void t.test('an attempt is told as started, and its end lies in the outbox before it is told', async (t) => {
  const { runner, runs, told, outbox, clock, ends } = await runnerWorld(t)
  runner.run(assignment())
  await settle()
  t.strictSame(told.started, [ref()])
  t.strictSame(runner.running(), [ref()])
  await clock.advance(1500)
  runs[0]?.end(completed({ output: 'hello' }))
  t.match(await ends(), [{ ...ref(), outcome: 'completed', execution_time_seconds: 1.5, result: { output: 'hello' } }])
  t.strictSame(outbox.waiting(), told.finished)
  t.strictSame(runner.running(), [])
})

void t.test('of an attempt that is over in the turn in which it began the end alone is told', async (t) => {
  const { runner, runs, told, clock, ends } = await runnerWorld(t)
  runner.run(assignment())
  runs[0]?.context.onOutput('hello')
  runs[0]?.end(completed({ output: 'hello' }))
  t.match(await ends(), [{ ...ref(), outcome: 'completed', execution_time_seconds: 0, result: { output: 'hello' } }])
  await clock.advance(1000)
  t.strictSame([told.started, told.output], [[], []])
})

void t.test('where the node does not take the end for the start, the start is told of each', async (t) => {
  const { runner, runs, told, ends } = await runnerWorld(t, { endsTellStarts: false })
  runner.run(assignment())
  runs[0]?.end(completed({ output: 'hello' }))
  await ends()
  t.strictSame(told.all, ['started', 'finished'])
})

void t.test('the start goes before anything that an attempt says of itself in its first turn', async (t) => {
  const { runner, runs, told, ends } = await runnerWorld(t)
  runner.run(assignment())
  runs[0]?.context.onOutput('x'.repeat(65_536))
  runs[0]?.context.onProgress({ progress: 50, progress_message: null })
  runs[0]?.end(completed({}))
  await ends()
  t.strictSame(told.all, ['started', 'output', 'progress', 'finished'])
})

void t.test('a turn ends when no promise can be gone on with, and before anything that is waited for', async (t) => {
  const order: string[] = []
  const over = new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('waited for'))
  systemClock.beforeWaiting(() => order.push('end'))
  const chain = async () => {
    for (let step = 0; step < 100; step += 1) await Promise.resolve()
    order.push('promises')
  }
  await Promise.all([chain(), over])
  t.strictSame(order, ['promises', 'end', 'waited for'])
})

void t.test('the same attempt twice runs once, and told again once it has ended', async (t) => {
  const { runner, runs, told, ends } = await runnerWorld(t)
  runner.run(assignment())
  runner.run(assignment())
  t.equal(runs.length, 1)
  runs[0]?.end(completed({}))
  const [end] = await ends()
  runner.run(assignment())
  t.equal(runs.length, 1)
  t.strictSame(told.finished, [end, end])
})

void t.test('an attempt of the same task with another number is another one', async (t) => {
  const { runner, runs } = await runnerWorld(t)
  runner.run(assignment())
  runner.run(assignment(ref('task-a', 2)))
  t.equal(runs.length, 2)
})

void t.test('what finds no free slot is handed back', async (t) => {
  const { runner, runs, ends } = await runnerWorld(t, { slots: 1 })
  runner.run(assignment())
  runner.run(assignment(ref('task-b')))
  t.equal(runs.length, 1)
  t.match(await ends(), [{ task_id: 'task-b', outcome: 'returned', error: { code: 'TASK_REJECTED' }, result: null }])
})

void t.test('what is closed hands back what comes, and takes it again once it is open', async (t) => {
  const { runner, runs, ends } = await runnerWorld(t)
  runner.close('It is off the plug.')
  runner.run(assignment())
  t.match(await ends(), [{ outcome: 'returned', error: { message: 'It is off the plug.' } }])
  runner.open()
  runner.run(assignment(ref('task-b')))
  t.equal(runs.length, 1)
})

void t.test('a type that is not offered is rejected, though the worker knows it', async (t) => {
  const { runner, told, ends } = await runnerWorld(t)
  runner.run(assignment({ task_type: 'command' }))
  t.match(await ends(), [
    { outcome: 'rejected', error: { code: 'TASK_REJECTED', message: 'command' }, rejection: 'task_type' },
  ])
  t.strictSame(told.started, [])
})

void t.test('an executor that breaks fails its task, and not the worker', async (t) => {
  const { runner, log, ends } = await runnerWorld(t)
  runner.run(assignment({ task_type: 'broken' }))
  t.match(await ends(), [{ outcome: 'failed', error: { code: 'TASK_ERROR' } }])
  t.strictSame(log.lines, ['an executor failed'])
})

void t.test('an attempt that uses up its running time is ended', async (t) => {
  const { runner, clock, ends } = await runnerWorld(t)
  runner.run(assignment({ timeout_seconds: 5 }))
  await clock.advance(4999)
  t.strictSame(runner.running(), [ref()])
  await clock.advance(1)
  t.match(await ends(), [{ outcome: 'failed', error: { code: 'TASK_TIMEOUT' }, execution_time_seconds: 5 }])
})

void t.test('a cancelled attempt keeps its slot until nothing of it runs any more', async (t) => {
  const { runner, runs, told, clock, ends } = await runnerWorld(t, { slots: 1 })
  runner.run(assignment({ task_type: 'slow' }))
  runner.cancel(ref())
  t.equal(runs[0]?.context.signal.aborted, true)
  await clock.advance(10_000)
  t.strictSame(runner.running(), [ref()])
  t.strictSame(told.finished, [])
  runs[0]?.end(interrupted(null))
  t.match(await ends(), [{ outcome: 'cancelled', error: { code: 'TASK_CANCELLED' } }])
  t.strictSame(runner.running(), [])
})

void t.test('a task that completed as it was cancelled has completed', async (t) => {
  const { runner, runs, ends } = await runnerWorld(t)
  runner.run(assignment())
  runs[0]?.end(completed({ output: 'done' }))
  runner.cancel(ref())
  t.match(await ends(), [{ outcome: 'completed', result: { output: 'done' } }])
})

void t.test('cancelling what does not run here is confirmed, and what has ended is told again', async (t) => {
  const { runner, runs, outbox, ends } = await runnerWorld(t)
  runner.cancel(ref('task-x'))
  t.match(await ends(), [{ task_id: 'task-x', outcome: 'cancelled' }])
  runner.run(assignment())
  runs[0]?.end(completed({}))
  await ends(2)
  runner.cancel(ref())
  t.match(await ends(3), [{}, { outcome: 'completed' }, { outcome: 'completed' }])
  t.equal(outbox.waiting().length, 2)
})

void t.test('an attempt that is handed back has one end, whatever is said meanwhile', async (t) => {
  const { runner, told, log } = await runnerWorld(t)
  runner.close('The test wants it.')
  runner.run(assignment())
  runner.run(assignment())
  runner.cancel(ref())
  runner.cancel(ref('task-x'))
  runner.run(assignment(ref('task-x')))
  await runner.returnAll('The test wants it.')
  t.match(
    told.finished.sort((a, b) => a.task_id.localeCompare(b.task_id)),
    [
      { task_id: 'task-a', outcome: 'returned', error: { message: 'The test wants it.' } },
      { task_id: 'task-x', outcome: 'cancelled' },
    ],
  )
  t.equal(told.finished.length, 2)
  t.strictSame(log.lines, [])
})

void t.test('what is abandoned is ended, and the node hears when nothing of it runs', async (t) => {
  const { runner, runs, ends } = await runnerWorld(t)
  runner.run(assignment())
  runner.abandon([ref()])
  t.equal(runs[0]?.context.signal.reason as EndReason, 'abandoned')
  t.match(await ends(), [{ ...ref(), outcome: 'cancelled' }])
})

void t.test('what ended before it was abandoned is told too: until then the node keeps its slot taken', async (t) => {
  const { runner, told, outbox, ends } = await runnerWorld(t)
  await outbox.add(finished())
  runner.abandon([ref(), ref('task-x')])
  t.match(told.finished, [{ ...ref(), outcome: 'completed' }])
  t.match(await ends(2), [ref(), { ...ref('task-x'), outcome: 'cancelled' }])
})

void t.test('all that runs is handed back, without an error', async (t) => {
  const { runner, told } = await runnerWorld(t)
  runner.run(assignment())
  runner.run(assignment(ref('task-b')))
  await runner.returnAll('The test wants it.')
  t.strictSame(told.finished.map(({ task_id }) => task_id).sort(), ['task-a', 'task-b'])
  t.match(told.finished, [
    { outcome: 'returned', error: { code: 'TASK_REJECTED' } },
    { outcome: 'returned', error: { code: 'TASK_REJECTED' } },
  ])
})

void t.test('a closed runner hands back what comes', async (t) => {
  const { runner, runs, ends } = await runnerWorld(t)
  runner.close('The test wants it.')
  runner.run(assignment())
  t.match(await ends(), [{ outcome: 'returned' }])
  t.equal(runs.length, 0)
})

void t.test('a runner that is killed tells nothing, also where its attempts are ending already', async (t) => {
  const { runner, runs, told, outbox } = await runnerWorld(t)
  runner.run(assignment())
  runner.cancel(ref())
  runner.run(assignment(ref('task-b')))
  runner.kill()
  t.ok(runs.every(({ context }) => context.killed.aborted))
  await until('nothing runs', () => runner.running().length === 0)
  t.strictSame(told.finished, [])
  t.strictSame(outbox.waiting(), [])
})

void t.test('progress is told with its attempt, again to a node that comes back, and with the end', async (t) => {
  const { runner, runs, told, clock, ends } = await runnerWorld(t)
  runner.run(assignment())
  runner.run(assignment(ref('task-b')))
  runs[0]?.context.onProgress({ progress: 10, progress_message: 'begun' })
  t.same(told.progress, [{ ...ref(), progress: 10, progress_message: 'begun' }])
  await clock.advance(1000)
  runner.resume([])
  t.equal(told.progress.length, 2, 'one that has said nothing says nothing')
  runs[0]?.context.onProgress({ progress: 90, progress_message: null })
  runs[0]?.end(completed({}))
  runs[1]?.end(completed({}))
  const all = await ends(2)
  t.same(all.find(({ task_id }) => task_id === 'task-a')?.progress, { progress: 90, progress_message: null })
  t.notOk('progress' in (all.find(({ task_id }) => task_id === 'task-b') ?? {}))
})

void t.test('live output is told with its attempt', async (t) => {
  const { runner, runs, told, clock } = await runnerWorld(t)
  runner.run(assignment())
  runs[0]?.context.onOutput('hello')
  await clock.advance(200)
  t.strictSame(told.output, [{ ...ref(), offset: 0, text: 'hello' }])
})
