import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { createUsageMeters } from '../../src/worker/processes/usage.ts'

const onLinux = { skip: process.platform !== 'linux' && process.platform !== 'android' && 'only /proc tells' }

void t.test('of a program that has hardly begun nothing is known', onLinux, async (t) => {
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const meter = createUsageMeters().measure(child.pid ?? 0, 'task-of-the-test.1.1')
  t.strictSame(meter.stop(), { peak_cpu_percent: null, peak_memory_mb: null, total_cpu_time_seconds: null })
})

void t.test(
  'the memory of all programs that run is told together, and none of those that have ended',
  onLinux,
  async (t) => {
    const meters = createUsageMeters()
    t.equal(meters.memoryBytes(), 0)
    const startOne = async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000); console.log()'])
      t.teardown(() => child.kill('SIGKILL'))
      await once(child.stdout, 'data')
      return meters.measure(child.pid ?? 0, 'task-of-the-test.1.1')
    }
    const first = await startOne()
    const one = meters.memoryBytes()
    t.ok(one > 10 * 2 ** 20, `${one} bytes`)
    const second = await startOne()
    t.ok(meters.memoryBytes() > one + 10 * 2 ** 20)
    second.stop()
    first.stop()
    t.equal(meters.memoryBytes(), 0)
  },
)
