import t from 'tap'
import { createTransferBudget } from '../../src/api/limits/transfers.ts'
import { ClusterError } from '../../src/cluster/errors.ts'

const KB = 1024
const MB = 1024 * KB
const WINDOW_MS = 900_000

/** A budget on a clock that the test moves. */
const createBudget = (transferBytes: number, transfers = 16) => {
  let nowMs = 0
  const begin = createTransferBudget({ transferBytes, transfers }, () => nowMs)
  let told: Record<string, string> = {}
  const left = () => Number(told['X-RateLimit-Remaining'])
  return {
    move: (ms: number) => (nowMs += ms),
    /** Begins a transfer; the reason where it is refused. */
    begin: (caller = 'a') => {
      try {
        return begin(caller, (headers) => (told = headers))
      } catch (error) {
        if (error instanceof ClusterError) return error.details.reason ?? ''
        throw error
      }
    },
    told: () => told,
    left,
  }
}

void t.test('a transfer counts as its bytes, and as 256 KiB at least', (t) => {
  const budget = createBudget(2 * MB)
  const first = budget.begin()
  t.equal(budget.left(), 2 * MB - 256 * KB)
  if (typeof first === 'string') throw new Error(first)
  first.count(100 * KB)
  budget.begin()
  t.equal(budget.left(), 2 * MB - 512 * KB, 'what was paid for is not counted again')
  first.count(200 * KB)
  budget.begin()
  t.equal(budget.left(), 2 * MB - (300 + 512) * KB)
  budget.begin('b')
  t.equal(budget.left(), 2 * MB - 256 * KB, 'another caller has a budget of its own')
  t.end()
})

void t.test(
  'a used-up budget lets no transfer in, those under way go on, and it is full again after its window',
  (t) => {
    const budget = createBudget(MB)
    const first = budget.begin()
    if (typeof first === 'string') throw new Error(first)
    first.count(5 * MB)
    t.match(budget.begin(), /^1048576 bytes of files in 15 minutes are used up; --rate-limit-bytes raises the limit$/)
    t.match(budget.told(), {
      'X-RateLimit-Limit': String(MB),
      'X-RateLimit-Remaining': '0',
      RateLimit: '"transfer";r=0;t=900',
      'RateLimit-Policy': '"transfer";q=1048576;w=900;qu="content-bytes"',
    })
    first.count(MB)
    budget.move(WINDOW_MS - 1)
    t.type(budget.begin(), 'string')
    budget.move(1)
    t.type(budget.begin(), 'object')
    t.equal(budget.left(), MB - 256 * KB)
    t.end()
  },
)

void t.test('only so many go at a time; one that is refused costs nothing', (t) => {
  const budget = createBudget(100 * MB, 2)
  const first = budget.begin()
  budget.begin()
  t.match(budget.told(), { RateLimit: '"transfers";r=0, "transfer";r=104333312;t=900' })
  t.match(budget.begin(), /^2 transfers of files are under way at a time; .*--rate-limit-transfers/)
  t.match(budget.told(), { 'X-RateLimit-Limit': '2', 'X-RateLimit-Remaining': '0' })
  t.type(budget.begin('b'), 'object')
  if (typeof first === 'string') throw new Error(first)
  first.end()
  t.type(budget.begin(), 'object')
  t.equal(budget.left(), 100 * MB - 3 * 256 * KB)
  t.end()
})
