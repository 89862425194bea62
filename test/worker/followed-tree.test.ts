import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLook } from '../../src/worker/processes/ending.ts'
import { followTree } from '../../src/worker/processes/followed-tree.ts'
import { leftOf, MARKER, membersOf } from '../../src/worker/processes/proc.ts'
import { ATTEMPT, type Owner, temporaryDirectory } from './world.ts'

/** A process as its files in /proc tell of it (proc(5)). */
type Process = {
  readonly parent: number
  readonly group?: number
  /** Own processor time, and that of the children that it waited for, seconds. */
  readonly seconds?: readonly [own: number, waited: number]
  readonly children?: readonly number[]
  readonly marker?: string
  readonly startTicks?: number
  /** Where its environment lies, where it reads as empty; and 0 for one without any memory. */
  readonly empty?: { readonly memory: number; readonly from: number; readonly to: number }
}

/** In the midst of an execve: what was read of a process that was, on Linux 6.1. */
const IN_EXEC = { memory: 430_080, from: 0, to: 0 }

const ROOT = 100
/** The first process of the attempt as it begins. */
const root: Process = { parent: 50, group: ROOT, startTicks: 1000 }

/** A /proc that the test writes, and the tree under process 100 in it. */
const world = (t: Owner) => {
  const procRoot = temporaryDirectory(t)
  const put = (
    pid: number,
    { parent, group = 1, seconds: [own, waited] = [0, 0], children = [], ...more }: Process,
  ) => {
    const directory = join(procRoot, `${pid}`)
    mkdirSync(join(directory, 'task', `${pid}`), { recursive: true })
    const after = [...Array<number>(8).fill(0), own * 100, 0, waited * 100, 0, 20, 0, 1, 0, more.startTicks ?? 1001]
    const { memory, from, to } = more.empty ?? { memory: 430_080, from: 7000, to: 7100 }
    const last = [memory, ...Array<number>(26).fill(0), from, to, 0]
    writeFileSync(join(directory, 'stat'), `${pid} (a (b) c) S ${[parent, group, ...after, ...last].join(' ')}`)
    const environment = `A=1\0${more.marker === undefined ? '' : `${MARKER}=${more.marker}\0`}`
    writeFileSync(join(directory, 'environ'), more.empty === undefined ? environment : '')
    writeFileSync(join(directory, 'task', `${pid}`, 'children'), children.map((child) => `${child} `).join(''))
  }
  const end = (pid: number) => rmSync(join(procRoot, `${pid}`), { recursive: true })
  put(1, { parent: 0, startTicks: 1 })
  put(ROOT, root)
  const tree = followTree(ROOT, ATTEMPT, procRoot)
  return { procRoot, put, end, look: () => tree.look({ search: false }), search: () => tree.look({ search: true }) }
}

void t.test('children are found through their parents', (t) => {
  const { put, look } = world(t)
  put(ROOT, { ...root, seconds: [1, 0], children: [101, 102] })
  put(101, { parent: ROOT, seconds: [2, 0], children: [103] })
  put(102, { parent: ROOT, seconds: [3, 0] })
  put(103, { parent: 101, seconds: [4, 0] })
  t.match(look(), { living: [ROOT, 101, 102, 103], cpuSeconds: 10 })
  t.end()
})

void t.test('one that lost its parent before it was seen is found by its group or its marker', (t) => {
  const { put, look, search } = world(t)
  put(101, { parent: 1, group: ROOT, seconds: [2, 0] })
  put(102, { parent: 1, group: 102, marker: ATTEMPT, seconds: [3, 0] })
  put(103, { parent: 1, group: 103, marker: `${ATTEMPT}0`, seconds: [50, 0] })
  put(104, { parent: 1, group: 104, seconds: [50, 0] })
  put(105, { parent: 1, group: 105, marker: ATTEMPT, seconds: [50, 0], startTicks: 999 })
  t.match(look(), { living: [ROOT], cpuSeconds: 0 })
  t.match(search(), { living: [ROOT, 101, 102], cpuSeconds: 5, foundCpuSeconds: 5 })
  put(102, { parent: 1, group: 102, marker: ATTEMPT, seconds: [4, 0], children: [106] })
  put(106, { parent: 102, group: 102, seconds: [1, 0] })
  t.match(look(), { living: [ROOT, 101, 102, 106], cpuSeconds: 7, foundCpuSeconds: 0 }, 'from then on it is followed')
  t.end()
})

void t.test('one that is found later is new, and not one that was passed over', (t) => {
  const { put, search } = world(t)
  put(103, { parent: 1, group: 103, seconds: [50, 0] })
  t.match(search(), { living: [ROOT] })
  put(104, { parent: 1, group: ROOT, seconds: [1, 0] })
  t.match(search(), { living: [ROOT, 104], cpuSeconds: 1 })
  t.end()
})

void t.test('the time of a child that was waited for is its parent’s, and counts once', (t) => {
  const { put, end, look } = world(t)
  put(ROOT, { ...root, children: [101] })
  put(101, { parent: ROOT, seconds: [2, 0], children: [102] })
  put(102, { parent: 101, seconds: [5, 0] })
  t.equal(look().cpuSeconds, 7)
  end(101)
  end(102)
  put(ROOT, { ...root, seconds: [0, 7.5] })
  t.match(look(), { living: [ROOT], cpuSeconds: 7.5 }, 'also where both ended between two looks')
  t.end()
})

void t.test('the time of one that ended without a parent in the tree stays counted', (t) => {
  const { put, end, look, search } = world(t)
  put(101, { parent: 1, group: ROOT, seconds: [6, 0] })
  t.equal(search().cpuSeconds, 6)
  end(101)
  put(ROOT, { ...root, seconds: [1, 0] })
  t.match(look(), { living: [ROOT], cpuSeconds: 7 })
  t.equal(look().cpuSeconds, 7)
  t.end()
})

void t.test('one whose parent ended meanwhile is followed on', (t) => {
  const { put, end, look } = world(t)
  put(ROOT, { ...root, children: [101] })
  put(101, { parent: ROOT, children: [102] })
  put(102, { parent: 101, seconds: [1, 0] })
  look()
  end(101)
  put(ROOT, root)
  put(102, { parent: 1, seconds: [2, 0] })
  t.match(look(), { living: [ROOT, 102], cpuSeconds: 2 })
  end(102)
  t.match(look(), { living: [ROOT], cpuSeconds: 2 })
  t.end()
})

void t.test('a process that got the id of one that ended is another one', (t) => {
  const { put, look } = world(t)
  put(ROOT, { ...root, children: [101] })
  put(101, { parent: ROOT, seconds: [1, 0] })
  look()
  put(ROOT, { ...root, seconds: [0, 1] })
  put(101, { parent: 1, group: 101, seconds: [30, 0], startTicks: 5000 })
  t.match(look(), { living: [ROOT], cpuSeconds: 1 })
  t.end()
})

void t.test('one met in the midst of an execve is looked at again', (t) => {
  const { put, search } = world(t)
  put(101, { parent: 1, group: 101, empty: IN_EXEC })
  t.match(search(), { living: [ROOT] })
  put(101, { parent: 1, group: 101, marker: ATTEMPT, seconds: [2, 0] })
  t.match(search(), { living: [ROOT, 101], cpuSeconds: 2 })
  t.end()
})

void t.test('while one is in the midst of an execve it is unclear whether anything is left', (t) => {
  const { procRoot, put, end } = world(t)
  const marks = { attempt: ATTEMPT, group: ROOT }
  t.equal(leftOf(marks, procRoot), 'member')
  end(ROOT)
  t.equal(leftOf(marks, procRoot), 'stranger')
  put(101, { parent: 1, empty: { memory: 0, from: 0, to: 0 } })
  t.equal(leftOf(marks, procRoot), 'stranger', 'one of the kernel’s own')
  put(102, { parent: 1, empty: { memory: 430_080, from: 7000, to: 7000 } })
  t.equal(leftOf(marks, procRoot), 'stranger', 'one that was begun with an empty environment')
  put(103, { parent: 1, empty: IN_EXEC })
  t.equal(leftOf(marks, procRoot), 'unclear')
  // Its execve came to its end between the two looks.
  put(103, { parent: 1, empty: { memory: 430_080, from: 7000, to: 7100 } })
  t.equal(leftOf(marks, procRoot), 'unclear')
  t.strictSame(membersOf(marks, procRoot), [], 'a signal is for those alone that are known')
  put(103, { parent: 1, marker: ATTEMPT })
  t.equal(leftOf(marks, procRoot), 'member')
  t.strictSame(membersOf(marks, procRoot), [103])
  t.end()
})

void t.test('what is unclear counts as left, but not for ever', (t) => {
  const { procRoot, put, end } = world(t)
  end(ROOT)
  put(103, { parent: 1, empty: IN_EXEC })
  const isAnyLeft = createLook({ attempt: ATTEMPT, group: null }, procRoot)
  const looks = (count: number) => Array.from({ length: count }, isAnyLeft)
  t.strictSame(looks(10), Array(10).fill(true))
  put(103, { parent: 1, marker: ATTEMPT })
  t.equal(isAnyLeft(), true)
  put(103, { parent: 1, empty: IN_EXEC })
  t.strictSame(looks(12), [...Array<boolean>(10).fill(true), false, false], 'from the last look at which it was clear')
  put(103, { parent: 1 })
  t.equal(isAnyLeft(), false)
  t.end()
})
