/** Random choices that can be made again: all of a run follow from one seed. */
import { relative } from 'node:path'

/** Random choices. */
export interface Chance {
  /** A whole number of 0 … n - 1. */
  below(n: number): number
  /** Any number of the range. */
  between(min: number, max: number): number
  /** True so often, 0 … 1. */
  happens(share: number): boolean
  /** One of these. */
  pick<T>(choices: readonly [T, ...T[]]): T
  /** Choices of their own, so that two who choose side by side do not disturb each other. */
  fork(): Chance
}

/** Mulberry32 (Tommy Ettinger, 2017): 32 bits of state, and good enough to pick moments by. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The choices that follow from a seed. */
export const chanceOf = (seed: number): Chance => {
  const next = mulberry32(seed)
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    between: (min, max) => min + next() * (max - min),
    happens: (share) => next() < share,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    fork: () => chanceOf(below(2 ** 32)),
  }
}

/** How a run is repeated: its choices, how often the fault happens, and the command that does it all again. */
export type Plan = { readonly chance: Chance; readonly count: number; readonly replay: string }

/**
 * The plan of this process: `count` faults, or as many as COUNT says, chosen from a seed of the moment, or from SEED. Processes
 * are scheduled as the machine likes, so that a replay makes the same choices, not the same run.
 */
export const planOf = (count: number): Plan => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  const times = Number(process.env.COUNT ?? count)
  const file = relative(process.cwd(), process.argv[1] ?? '')
  return { chance: chanceOf(seed), count: times, replay: `SEED=${seed} COUNT=${times} npx node ${file}` }
}
