import t from 'tap'
import { createPausing, GRACE_MS } from '../../src/worker/pausing.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { keptLog } from './world.ts'

const world = () => {
  const clock = fakeClock()
  const done: string[] = []
  const pausing = createPausing({
    runner: {
      open: () => void done.push('open'),
      close: () => void done.push('close'),
      returnAll: () => {
        done.push('return')
        return Promise.resolve()
      },
      running: () => [],
    },
    announce: () => {
      done.push('announce')
      return Promise.resolve()
    },
    clock,
    log: keptLog(),
  })
  /** What was done since it was asked last. */
  const since = () => done.splice(0)
  return { clock, pausing, since }
}

const unplugged = { reason: 'unplugged', message: 'It is off the plug.' }
const hot = { reason: 'temperature', message: 'It is hot.' }
const short = { reason: 'memory', message: 'Its memory is short.' }

void t.test('a pause closes first and tells then; after the grace what still runs is handed back, once', async (t) => {
  const { clock, pausing, since } = world()
  pausing.follow(null)
  t.strictSame(since(), [], 'nothing has changed')
  pausing.follow(unplugged)
  t.strictSame(since(), ['close', 'announce'])
  t.same(pausing.now(), unplugged)
  await clock.advance(GRACE_MS - 1)
  t.strictSame(since(), [])
  await clock.advance(1)
  t.strictSame(since(), ['return'])
  await clock.advance(10 * GRACE_MS)
  t.strictSame(since(), [])
})

void t.test('where the device may go first, there is no grace, not even what is left of one', async (t) => {
  const { clock, pausing, since } = world()
  const overheating = { reason: 'overheating', message: 'It is nearly off.' }
  pausing.follow(hot)
  since()
  pausing.follow(overheating)
  t.strictSame(since(), ['close', 'return', 'announce'])
  await clock.advance(GRACE_MS)
  t.strictSame(since(), [])
})

void t.test('a pause that ends within the grace takes nothing from anybody', async (t) => {
  const { clock, pausing, since } = world()
  pausing.follow(unplugged)
  await clock.advance(GRACE_MS / 2)
  since()
  pausing.follow(null)
  t.strictSame(since(), ['open', 'announce'])
  await clock.advance(GRACE_MS)
  t.strictSame(since(), [])
})

void t.test(
  'another reason is told at once, and gives no second grace; other words of one reason are told later',
  async (t) => {
    const { clock, pausing, since } = world()
    pausing.follow(unplugged)
    await clock.advance(GRACE_MS - 1000)
    since()
    pausing.follow({ ...unplugged, message: 'It is off the plug still.' })
    t.strictSame(since(), [])
    t.match(pausing.now(), { message: 'It is off the plug still.' })
    pausing.follow(hot)
    t.strictSame(since(), ['close', 'announce'])
    await clock.advance(1000)
    t.strictSame(since(), ['return'])
  },
)

void t.test('where memory is short what runs stays, until another reason joins', async (t) => {
  const { clock, pausing, since } = world()
  pausing.follow(short)
  t.strictSame(since(), ['close', 'announce'])
  await clock.advance(10 * GRACE_MS)
  t.strictSame(since(), [])
  pausing.follow(hot)
  pausing.follow(short)
  since()
  await clock.advance(GRACE_MS)
  t.strictSame(since(), [], 'and so does it once that is over')
})

void t.test('what is closed for good follows no policy any more', async (t) => {
  const { clock, pausing, since } = world()
  pausing.follow(unplugged)
  since()
  await pausing.close({ reason: 'stopping', message: 'It is told to stop.' })
  t.strictSame(since(), ['close', 'announce'])
  pausing.follow(null)
  await clock.advance(GRACE_MS)
  t.strictSame(since(), [])
  t.match(pausing.now(), { reason: 'stopping' })
})
