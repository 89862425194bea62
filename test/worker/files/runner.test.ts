import t from 'tap'
import { completed } from '../../../src/worker/executors/execution.ts'
import type { FilePreparation } from '../../../src/worker/files/task-files.ts'
import { TransferError, type TransferProblem } from '../../../src/worker/files/transfer-error.ts'
import type { Runner } from '../../../src/worker/runner.ts'
import { runnerWorld } from '../runner-world.ts'
import { assignment, ref, until } from '../world.ts'

const taking = () => assignment({ inputs: [{ name: 'a', sha256: 'a'.repeat(64) }] })

/** Files that come when the test says so, or never. */
const heldFiles = () => {
  const come = Promise.withResolvers<undefined>()
  const released: string[] = []
  const files: FilePreparation = {
    prepare: async ({ task_id }, signal) => {
      signal.addEventListener('abort', () => come.reject(signal.reason as Error), { once: true })
      await come.promise
      return {
        stage: () => Promise.resolve(),
        collect: () => Promise.resolve([]),
        release: () => void released.push(task_id),
      }
    },
  }
  return { files, come, released }
}

void t.test('an attempt starts when its files are here, and none of that is running time', async (t) => {
  const { files, come, released } = heldFiles()
  const { runner, runs, told, clock, ends } = await runnerWorld(t, { files })
  runner.run({ ...taking(), timeout_seconds: 5 })
  await clock.advance(60_000)
  t.strictSame(told.started, [])
  t.strictSame(runner.running(), [ref()], 'its slot is taken')
  come.resolve(undefined)
  await until('it has started', () => runs.length === 1)
  t.strictSame(told.started, [ref()])
  t.ok(runs[0]?.context.files)
  await clock.advance(1000)
  runs[0]?.end(completed({}))
  t.match(await ends(), [{ outcome: 'completed', execution_time_seconds: 1 }])
  t.strictSame(released, ['task-a'])
})

void t.test('an attempt that is ended while its files come never starts, whoever ends it', async (t) => {
  const endings: readonly (readonly [string, (runner: Runner) => unknown, object])[] = [
    ['cancelled', (runner) => runner.cancel(ref()), { outcome: 'cancelled', error: { code: 'TASK_CANCELLED' } }],
    ['abandoned', (runner) => runner.abandon([ref()]), { outcome: 'cancelled' }],
    [
      'handed back',
      (runner) => runner.returnAll('The plug.'),
      { outcome: 'returned', error: { message: 'The plug.' } },
    ],
  ]
  for (const [how, end, expected] of endings) {
    const { runner, runs, told, log, ends } = await runnerWorld(t, heldFiles())
    runner.run(taking())
    void end(runner)
    t.match(await ends(), [{ ...expected, execution_time_seconds: null }], how)
    t.equal(runs.length, 0)
    t.strictSame(told.started, [])
    t.strictSame(log.lines, [])
  }
})

void t.test('an attempt whose files cannot come says so: to the task, or to another device', async (t) => {
  const cases: readonly (readonly [TransferProblem, object])[] = [
    ['missing', { outcome: 'failed', error: { code: 'TASK_INPUT_MISSING' } }],
    ['damaged', { outcome: 'failed', error: { code: 'TASK_ERROR' } }],
    ['device_full', { outcome: 'rejected', rejection: undefined, error: { message: /^The inputs find no place: / } }],
    ['device_disk', { outcome: 'rejected', rejection: undefined }],
    ['forbidden', { outcome: 'rejected', rejection: undefined }],
  ]
  for (const [problem, expected] of cases) {
    const files = { prepare: () => Promise.reject(new TransferError(problem, 'the node says no')) }
    const { runner, told, ends } = await runnerWorld(t, { files })
    runner.run(taking())
    t.match(await ends(), [expected], problem)
    t.strictSame(told.started, [])
  }
})
