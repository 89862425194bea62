import t from 'tap'
import { createTransferBudget } from '../../src/api/limits/transfers.ts'
import { ClusterError } from '../../src/cluster/errors.ts'

const KB = 1024
const MB = 1024 * KB
const WINDOW_MS = 900_000

/** A budget on a clock that the test moves. */
const createBudget = (transferBytes: number, transfers = 16) => {
  let nowMs = 0
  const begin = createTransferBudget({ transferBytes, transfers }, undefined, () => nowMs)
  let told: Record<string, string> = {}
  const left = () => Number(told['X-RateLimit-Remaining'])
  return {
    move: (ms: number) => (nowMs += ms),
    /** Begins a transfer; the reason where it is refused. */
    begin: async (caller = 'a') => {
      try {
        return await begin(caller, (headers) => (told = headers))
      } catch (error) {
        if (error instanceof ClusterError) return error.details.reason ?? ''
        throw error
      }
    },
    told: () => told,
    left,
  }
}

void t.test('a transfer counts as its bytes, and as 256 KiB at least', async (t) => {
  const budget = createBudget(2 * MB)
  const first = await budget.begin()
  t.equal(budget.left(), 2 * MB - 256 * KB)
  if (typeof first === 'string') throw new Error(first)
  first.count(100 * KB)
  await budget.begin()
  t.equal(budget.left(), 2 * MB - 512 * KB, 'what was paid for is not counted again')
  first.count(200 * KB)
  await budget.begin()
  t.equal(budget.left(), 2 * MB - (300 + 512) * KB)
  await budget.begin('b')
  t.equal(budget.left(), 2 * MB - 256 * KB, 'another caller has a budget of its own')
})

void t.test(
  'a used-up budget lets no transfer in, those under way go on, and it is full again after its window',
  async (t) => {
    const budget = createBudget(MB)
    const first = await budget.begin()
    if (typeof first === 'string') throw new Error(first)
    first.count(5 * MB)
    t.match(
      await budget.begin(),
      /^1048576 bytes of files in 15 minutes are used up; --rate-limit-bytes raises the limit$/,
    )
    t.match(budget.told(), {
      'X-RateLimit-Limit': String(MB),
      'X-RateLimit-Remaining': '0',
      RateLimit: '"transfer";r=0;t=900',
      'RateLimit-Policy': '"transfer";q=1048576;w=900;qu="content-bytes"',
    })
    first.count(MB)
    budget.move(WINDOW_MS - 1)
    t.type(await budget.begin(), 'string')
    budget.move(1)
    t.type(await budget.begin(), 'object')
    t.equal(budget.left(), MB - 256 * KB)
  },
)

void t.test('only so many go at a time; one that is refused costs nothing', async (t) => {
  const budget = createBudget(100 * MB, 2)
  const first = await budget.begin()
  await budget.begin()
  t.match(budget.told(), { RateLimit: '"transfers";r=0, "transfer";r=104333312;t=900' })
  t.match(await budget.begin(), /^2 transfers of files are under way at a time; .*--rate-limit-transfers/)
  t.match(budget.told(), { 'X-RateLimit-Limit': '2', 'X-RateLimit-Remaining': '0' })
  t.type(await budget.begin('b'), 'object')
  if (typeof first === 'string') throw new Error(first)
  first.end()
  t.type(await budget.begin(), 'object')
  t.equal(budget.left(), 100 * MB - 3 * 256 * KB)
})

void t.test(
  'bytes that another node counts are asked of it one question at a time, and none is left out',
  async (t) => {
    const asked: { readonly key: string; readonly amount: number; readonly answer: () => void }[] = []
    let total = 0
    const begin = createTransferBudget({ transferBytes: 100 * MB, transfers: 2 }, (key, amount) => {
      total += amount
      const { promise, resolve } = Promise.withResolvers<{ total: number; leftMs: number }>()
      asked.push({ key, amount, answer: () => resolve({ total, leftMs: WINDOW_MS }) })
      return promise
    })
    const answered = async (amount: number) => {
      await new Promise(setImmediate)
      const last = asked.pop()
      t.match(last, { key: 'transfer a', amount })
      t.equal(asked.length, 0)
      last?.answer()
    }
    const beginning = begin('a', () => undefined)
    await answered(0)
    await answered(256 * KB)
    const { count } = await beginning
    count(356 * KB)
    count(MB)
    count(MB)
    await answered(100 * KB)
    await answered(2 * MB)
    await new Promise(setImmediate)
    t.strictSame(asked, [])
    t.equal(total, (256 + 100) * KB + 2 * MB)
  },
)
