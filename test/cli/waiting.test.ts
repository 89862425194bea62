import t from 'tap'
import type { PendingReason, Task, TaskPlacement } from '../../schemas/index.ts'
import { taskPlacement } from '../../src/api/examples/placement.ts'
import { task } from '../../src/api/examples/tasks.ts'
import type { Api } from '../../src/cli/client/api.ts'
import { type FollowedBatch, waitingTold } from '../../src/cli/client/tasks/waiting.ts'

const waiting = (task_id: string, code: PendingReason['code'], message: string): Task => ({
  ...task,
  task_id,
  status: 'pending',
  pending_reason: { code, message },
})

/** A batch whose tasks the test tells of, and what is said of them. */
const world = ({
  placement = taskPlacement,
  ...batch
}: Partial<FollowedBatch> & { placement?: TaskPlacement } = {}) => {
  const remarks: string[] = []
  const counts: number[] = []
  const api = { call: () => Promise.resolve(placement) } as unknown as Api
  const tell = waitingTold(
    api,
    { batch_id: 'nightly', ctrlC: 'leaves', pending: 3, isUnderWay: true, ...batch },
    { remark: (text) => void remarks.push(text), showWaiting: (count) => void counts.push(count) },
  )
  const { signal } = new AbortController()
  return { remarks, counts, look: (...tasks: Task[]) => tell(tasks, { signal }) }
}

const gone = (device_id: string) =>
  waiting(`task-${device_id}`, 'device_offline', `The device that was asked for, ${device_id}, is offline.`)

void t.test('each reason is told once, when two looks have found it', async (t) => {
  const { remarks, counts, look } = world()
  await look(gone('a'), gone('b'))
  t.strictSame(remarks, [])
  await look(gone('a'), gone('b'))
  await look(gone('a'), gone('b'))
  t.match(remarks, [/^Waiting \(1 task\): .* for, a, is offline\. Device by device: /, /for, b, is offline\./])
  await look(gone('c'), gone('a'))
  await look(gone('c'), gone('a'))
  t.match(remarks[2], /^Waiting \(1 task\): .* for, c, is offline\. .*; Ctrl-C leaves the batch as it is\.$/)
  t.equal(remarks.length, 3)
  t.strictSame(counts, [2, 2, 2, 2, 2])
})

void t.test('of many reasons ten are told', async (t) => {
  const { remarks, counts, look } = world()
  const all = Array.from({ length: 30 }, (_, index) => gone(`phone-${index}`))
  for (let looks = 0; looks < 3; looks += 1) await look(...all)
  t.equal(remarks.length, 10)
  t.equal(counts.at(-1), 30)
})

void t.test('that all are busy is worth a word only where nothing of the batch is under way', async (t) => {
  const busy = waiting('task-a', 'devices_busy', 'All devices that could run it are busy.')
  const running = world()
  for (let looks = 0; looks < 2; looks += 1) await running.look(busy)
  t.strictSame(running.remarks, [])
  const idle = world({ isUnderWay: false })
  for (let looks = 0; looks < 2; looks += 1) await idle.look(busy)
  t.strictSame(idle.remarks, ['Waiting: All devices that could run it are busy.'])
  t.strictSame(idle.counts, [0, 0])
})

void t.test(
  'what the nearest device lacks makes a general reason plain, unless it lacks nothing by then',
  async (t) => {
    const rejected = waiting('task-a', 'devices_rejected', 'Every device has said that it cannot.')
    const lacking = world()
    for (let looks = 0; looks < 2; looks += 1) await lacking.look(rejected)
    t.match(lacking.remarks, [
      /said that it cannot\. android-001 is busy: its slots \(8\) are taken\. Device by device/,
    ])
    const [nearest] = taskPlacement.devices
    if (nearest === undefined) throw new Error('the example has no device')
    const fits = { ...nearest, fits: true, reason: { code: 'fits' as const, message: 'It fits.' } }
    const placed = world({ placement: { ...taskPlacement, devices: [fits] } })
    for (let looks = 0; looks < 2; looks += 1) await placed.look(rejected)
    t.match(placed.remarks, [/said that it cannot\. Device by device/])
  },
)
