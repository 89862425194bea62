import t from 'tap'
import { createSlots } from '../../src/api/limits/slots.ts'
import { windowStore } from '../../src/api/limits/window-store.ts'

/** A store on a clock that the test moves. */
const createStore = (capacity?: number) => {
  let nowMs = 5
  const Store = windowStore(undefined, () => nowMs, capacity)
  const store = new Store()
  const count = (caller: string, lengthMs = 1000) => {
    let counted: { current: number; ttl: number } | undefined
    store.incr(caller, (_error, answer) => (counted = answer), lengthMs)
    return counted
  }
  return { count, store, move: (ms: number) => (nowMs += ms) }
}

void t.test('a window begins with the first request, keeps its end, and a new one begins after it', (t) => {
  const { count, move } = createStore()
  t.strictSame(count('a'), { current: 1, ttl: 1000 })
  move(400)
  t.strictSame(count('a'), { current: 2, ttl: 600 })
  t.strictSame(count('b'), { current: 1, ttl: 1000 })
  move(599)
  t.strictSame(count('a'), { current: 3, ttl: 1 })
  move(1)
  t.strictSame(count('a'), { current: 1, ttl: 1000 })
  t.strictSame(count('b'), { current: 2, ttl: 400 })
  t.end()
})

void t.test('more callers than it holds cost the window that would end next, and no other', (t) => {
  const { count, move } = createStore(3)
  for (const caller of ['a', 'b', 'c']) {
    count(caller)
    move(1)
  }
  t.equal(count('a')?.current, 2, 'a full store still counts those that it knows')
  t.equal(count('d')?.current, 1)
  t.equal(count('b')?.current, 2)
  t.equal(count('c')?.current, 2)
  t.equal(count('a')?.current, 1, 'the oldest was forgotten')
  t.end()
})

void t.test('each limiter counts in a store of its own', (t) => {
  const { count, store } = createStore()
  count('a')
  let current = 0
  store.child().incr('a', (_error, answer) => (current = answer?.current ?? 0), 1000, 10)
  t.equal(current, 1)
  t.end()
})

void t.test('a slot is given back once, however often it is released', (t) => {
  const slots = createSlots(2)
  const first = slots.take('a')
  slots.take('a')
  t.equal(slots.take('a'), null)
  t.type(slots.take('b'), 'function')
  first?.()
  first?.()
  t.equal(slots.held('a'), 1)
  t.type(slots.take('a'), 'function')
  t.equal(slots.take('a'), null)
  t.end()
})
