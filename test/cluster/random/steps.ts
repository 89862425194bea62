/** What may happen to a cluster: commands of users, doings of devices, and faults. */
import fc from 'fast-check'
import type { Priority } from '../../../schemas/index.ts'

/** How a device may end an attempt. */
export const outcomes = ['completed', 'failed', 'rejected', 'returned'] as const

const index = fc.nat(30)
const device = fc.nat(4)

const submission = fc.record({
  task_type: fc.constantFrom('echo', 'sleep', 'command'),
  program: fc.constantFrom('ffmpeg', 'convert'),
  priority: fc.constantFrom<Priority>('low', 'normal', 'high', 'urgent'),
  max_retries: fc.nat(2),
  on_device_lost: fc.constantFrom('requeue', 'fail'),
  pin: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: device }),
  tags: fc.constantFrom([], [], ['lab']),
  queue_if_unavailable: fc.constantFrom(true, true, true, false),
})

const step = <K extends string, T extends object>(kind: K, fields: { [P in keyof T]: fc.Arbitrary<T[P]> }) =>
  fc.record<{ kind: K } & T>({ kind: fc.constant(kind), ...fields } as never)

const byKind = {
  submit: step('submit', { task: submission }),
  batch: step('batch', {
    tasks: fc.array(submission, { minLength: 1, maxLength: 4 }),
    name: fc.constantFrom('b1', 'b2'),
  }),
  cancel: step('cancel', { task: index }),
  retry: step('retry', { task: index }),
  join: step('join', { device, slots: fc.integer({ min: 1, max: 3 }) }),
  /** `crashed`: the worker itself was killed, and has lost what it ran. */
  reconnect: step('reconnect', { device, crashed: fc.boolean() }),
  drop: step('drop', { device }),
  goodbye: step('goodbye', { device }),
  heartbeat: step('heartbeat', { device }),
  start: step('start', { device, run: index }),
  finish: step('finish', { device, run: index, outcome: fc.constantFrom(...outcomes) }),
  confirm: step('confirm', { device }),
  /** The end of an attempt is told once more. */
  repeat: step('repeat', { device, end: index }),
  /** A device speaks of an attempt of another one. */
  meddle: step('meddle', {
    device,
    other: device,
    run: index,
    message: fc.constantFrom('started', 'finished', 'output'),
  }),
  drain: step('drain', { device, schedulable: fc.boolean() }),
  remove: step('remove', { device, force: fc.boolean() }),
  advance: step('advance', { ms: fc.constantFrom(1, 1001, 31_000, 61_000, 301_000, 700_000) }),
  stall: step('stall', { ms: fc.constantFrom(5000, 400_000) }),
  jump: step('jump', { ms: fc.constantFrom(-7_200_000, -30_000, 7_200_000) }),
  disk: step('disk', { isFull: fc.boolean() }),
  restart: step('restart', {}),
} as const

type Plain = {
  [K in keyof typeof byKind]: (typeof byKind)[K] extends fc.Arbitrary<infer T> ? T : never
}[keyof typeof byKind]

/** One thing that happens. */
export type Step =
  | Plain
  /** It is tried while the disk is full. */
  | { readonly kind: 'refused'; readonly step: Plain }
  /** An attempt fails, and its acknowledgement gets lost. */
  | { readonly kind: 'fail_twice'; readonly device: number; readonly run: number }

const { submit, batch, cancel, retry, reconnect, goodbye, start, finish, confirm, remove } = byKind

/** What a submission asks for. */
export type Submission = typeof submission extends fc.Arbitrary<infer T> ? T : never

// Work and devices are more frequent than faults, or nothing ever runs.
const weights: Readonly<Partial<Record<keyof typeof byKind, number>>> = {
  submit: 14,
  batch: 4,
  join: 5,
  start: 8,
  finish: 12,
  reconnect: 5,
  disk: 3,
  confirm: 3,
  repeat: 3,
  cancel: 4,
  retry: 1,
  remove: 1,
  drain: 1,
  meddle: 1,
  advance: 4,
}

const weighted = Object.entries(byKind).map(([kind, arbitrary]) => ({
  weight: weights[kind as keyof typeof byKind] ?? 2,
  arbitrary: arbitrary as fc.Arbitrary<Step>,
}))

/** A random sequence of steps. */
export const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      ...weighted,
      {
        weight: 6,
        arbitrary: step('refused', {
          step: fc.oneof<fc.Arbitrary<Plain>[]>(
            submit,
            batch,
            cancel,
            retry,
            reconnect,
            goodbye,
            start,
            finish,
            confirm,
            remove,
          ),
        }),
      },
      { weight: 3, arbitrary: step('fail_twice', { device, run: index }) },
    ),
    // fast-check would make most sequences short, in which little can happen.
    { minLength: 1, maxLength, size: 'max' },
  )
