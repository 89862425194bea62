/** Where a task may go: the score of a device, and what keeps it from being given the task. */
import { type Static, type TNumber, Type } from '@sinclair/typebox'
import { component, nullable, object, oneOf } from './component.ts'
import { id, list, text } from './primitives.ts'
import { PendingReason, TaskStatus } from './task.ts'

/** A part of a score: how many of the 100 points it can bring, what is measured (0–1), and why it counts so much. */
export type ScorePart = { readonly points: number; readonly measure: string; readonly reason: string }

/** What a score is made of. The scheduler and the documentation read this one table; its points add up to 100. */
export const scoreParts = {
  free_slots: {
    points: 32,
    measure: 'free slots / all slots',
    reason: 'an empty device answers sooner than a full one, and heats up less',
  },
  power: {
    points: 15,
    measure: '1 on the plug or without a battery, else half of the charge (0.25 where it is unknown)',
    reason: 'charge spent on an old battery wears it out, and the plug is free',
  },
  idle_cpu: {
    points: 12,
    measure: '1 − processor usage, 0.5 where it is unknown',
    reason: 'its owner may be using it, whatever our slots say',
  },
  success: {
    points: 12,
    measure: '(completed + 1) / (completed + failed + 2) of its runs of this type, a run counting half after six hours',
    reason: 'who did it well will do it well; without a record it is 0.5 (Laplace’s rule of succession)',
  },
  cool: {
    points: 10,
    measure:
      '1 up to 35 °C, falling to 0 at 50 °C, by its battery where that tells, else by its hottest sensor; 1 where it is unknown',
    reason: 'heat kills old batteries, and a hot processor is throttled',
  },
  speed: {
    points: 6,
    measure:
      'the cluster’s mean running time of this type over its own, at most 2, divided by 2; where it has completed none, its benchmark over the cluster’s median, likewise; 0.5 where unknown',
    reason: 'a slow device is better than a queue, so that this decides only among equals',
  },
  files: {
    points: 8,
    measure:
      'the share of its inputs that the device was given with earlier tasks, and probably still keeps; 0 for a task without inputs',
    reason: 'what need not move costs neither air time nor battery: as much as one free slot of four',
  },
  affinity: {
    points: 5,
    measure:
      '1 where it completed the like (type and program) last or has had tasks of the same batch, 0.5 where it has run the program before, else 0; 0 where this task failed last time',
    reason: 'a warm cache saves seconds, a second core more: it must not outweigh a free slot',
  },
} as const satisfies Record<string, ScorePart>

/** The name of a part of a score. */
export type ScorePartName = keyof typeof scoreParts

const formula = Object.entries(scoreParts)
  .map(([name, { points, measure }]) => `${points} × ${name} (${measure})`)
  .join(' + ')

const points = (description: string, maximum: number): TNumber =>
  Type.Number({ description: `${description} Two decimals.`, minimum: 0, maximum })

const partFields = Object.fromEntries(
  Object.entries(scoreParts).map(([name, part]) => [name, points(`Because ${part.reason}.`, part.points)]),
) as Record<ScorePartName, TNumber>

/** The points of a score, part by part. */
export const ScorePoints = component('ScorePoints', object('The points of a score, part by part.', partFields))
/** The points of a score, part by part. */
export type ScorePoints = Static<typeof ScorePoints>

/** What can be said of one device and one task, the nearest to running it first. */
export const placementReasons = {
  has_it: 'it has the task',
  ran_it: 'it ran the task, which has ended',
  fits: 'it could run the task now',
  busy: 'its slots are taken',
  not_now: 'its charge, plug, network or free storage does not meet a requirement at the moment',
  on_probation: 'it failed too often in a row, and gets nothing or one task at a time for a while',
  paused: 'it takes nothing for now, by its owner’s policy or because it is about to stop',
  drained: 'its owner drained it',
  silent: 'it has no connection, or is late with its heartbeat',
  offline: 'it is offline',
  pending_approval: 'its owner has not approved it yet',
  rejected: 'it said that it cannot run this task, or one like it',
  requirement_unmet: 'it does not meet a requirement',
  not_allowed: 'it runs tasks of this type, and its owner does not allow what this one needs besides',
  type_not_offered: 'it does not run tasks of this type',
  not_requested: 'another device was asked for',
  task_final: 'the task has ended, and goes nowhere any more',
} as const satisfies Record<string, string>

/** A code of {@link placementReasons}. */
export type PlacementReasonCode = keyof typeof placementReasons

const reasonCodes = Object.keys(placementReasons) as PlacementReasonCode[]

/** One device as a place for a task. */
export const DevicePlacement = component(
  'DevicePlacement',
  object('One device as a place for the task.', {
    device_id: id('The device.', { examples: ['android-001'] }),
    fits: Type.Boolean({ description: 'True where it could run the task now.' }),
    reason: object('Why, or why not.', {
      code: oneOf(
        reasonCodes,
        `For programs. ${reasonCodes.map((code) => `${code}: ${placementReasons[code]}`).join('; ')}.`,
      ),
      message: text('For people, with what would help.', 1024),
    }),
    score: nullable(
      Type.Number({
        description: `How well it suits, 0–100: of those that fit, the highest gets the task, of equals the first by id. ${formula}. Null where it could never run it, or where the task is final. Two decimals.`,
        minimum: 0,
        maximum: 100,
      }),
    ),
    score_points: nullable(ScorePoints),
  }),
)
/** One device as a place for a task. */
export type DevicePlacement = Static<typeof DevicePlacement>

/** Where a task is or may go. */
export const TaskPlacement = component(
  'TaskPlacement',
  object('Where a task is, or could go now: every registered device, with what speaks for and against it.', {
    task_id: id('The task.', { examples: ['task-abc123'] }),
    status: TaskStatus,
    device_id: nullable(id('The device that has it, or ran it last; null while it waits.')),
    pending_reason: nullable(PendingReason),
    devices: list(
      DevicePlacement,
      'Every registered device: the one that has the task or ran it, then those nearest to running it, each kind by its score.',
      100_000,
    ),
  }),
)
/** Where a task is or may go. */
export type TaskPlacement = Static<typeof TaskPlacement>
