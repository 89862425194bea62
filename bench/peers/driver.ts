/**
 * The client of a contestant, in a process of its own: it has tasks run, so many at a time, and tells how long each took from its
 * submit to its result. Questions and answers are lines of JSON, so that it may be written in any language.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

/** How long the last tasks may take, once none is begun any more, seconds. Then one was lost. */
const PATIENCE_SECONDS = 60

/** What is asked of a driver. */
export type Drive = {
  /** Tasks that are under way at a time: when one is finished, the next is submitted. */
  readonly in_flight: number
  readonly tasks: number
  /** None is begun later than that, however many are left. */
  readonly seconds: number
}

/** How the tasks went. */
export type Driven = {
  /** Of each task, from its submit to its result, milliseconds. */
  readonly task_ms: readonly number[]
  /** From the first submit to the last result. */
  readonly seconds: number
}

/** A driver that runs. */
export interface Driver {
  drive(what: Drive): Promise<Driven>
  end(): Promise<void>
}

/** Starts one. */
export const startDriver = (program: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Driver => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...variables } })
  const exited = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const name = [program, ...args].join(' ')
  return {
    drive: async (what) => {
      child.stdin.write(`${JSON.stringify(what)}\n`)
      const answered = new AbortController()
      const late = pause((what.seconds + PATIENCE_SECONDS) * 1000, undefined, { signal: answered.signal })
      const answer = await Promise.race([lines.next(), late]).finally(() => answered.abort())
      if (answer === undefined) throw new Error(`${name} waits for tasks that do not end`)
      if (answer.done === true) throw new Error(`${name} has ended`)
      return JSON.parse(answer.value) as Driven
    },
    end: async () => {
      process.off('exit', kill)
      kill()
      await exited
    },
  }
}
