/** A cluster under load, from its start to the judgement: what every scenario does around its own faults. */
import { join } from 'node:path'
import type { Test } from 'tap'
import { until } from '../start-cluster.ts'
import type { Chance } from './chance.ts'
import { createJournal, type Journal } from './journal.ts'
import { type Load, type LoadOptions, startLoad } from './load.ts'
import { compare, type Evidence, settled } from './oracle.ts'
import { createRig, type Rig, type RigOptions, type Used } from './rig.ts'
import { listen, type Tape } from './tape.ts'

/** A cluster that is used. */
export interface Scene<Built extends Used = Rig> {
  readonly rig: Built
  readonly journal: Journal
  readonly tape: Tape
  readonly load: Load
  /** The witness file. */
  readonly witness: string
  /** Resolves when so many more tasks have been acknowledged, or a program has ended by itself, which `judge` tells. Rejects after two minutes. */
  further(tasks: number): Promise<void>
  /**
   * Ends the load, waits until every task has ended, compares everything, reads the stream anew, tells all programs to stop,
   * and looks at the database and the process table. Resolves with what is wrong.
   */
  judge(expected: { readonly runs: Evidence['runs'] }): Promise<string[]>
}

/** How a cluster is used. */
export type UseOptions = {
  readonly chance: Chance
  readonly workers: readonly string[]
  readonly load?: Partial<Pick<LoadOptions, 'clients' | 'maxUnfinished' | 'paceMs' | 'mayBeRefused'>>
}

/** How a scene is set. */
export type SceneOptions = RigOptions & UseOptions

/** All that is unfinished when the faults are over is done within this, seconds. */
const DRAIN_SECONDS = 180

/** A load that goes well has some ten tasks acknowledged within this, seconds, on the slowest machine. */
const FURTHER_SECONDS = 120

/** So many findings are told one by one; what went wrong once is often found a thousand times. */
const TOLD = 5

/** Holds that nothing was found. Each finding fails in its own words: who sees the names of failures alone knows then what is wrong. */
export const isClean = (t: Test, findings: readonly string[], what: string): boolean => {
  for (const finding of findings.slice(0, TOLD)) t.fail(finding)
  return t.equal(findings.length, 0, what)
}

/** Starts the workers of a cluster that serves, then the load. */
export const use = async <Built extends Used>(
  rig: Built,
  { chance, workers, load: pace }: UseOptions,
): Promise<Scene<Built>> => {
  const { client } = rig
  const witness = join(rig.directory, 'witness')
  const tape = listen(rig.port, rig.serving)
  await tape.until('its beginning', () => tape.from !== '')
  await Promise.all(workers.map((device_id) => rig.startWorker(device_id)))
  const journal = createJournal()
  const load = startLoad({ client, serving: rig.serving, chance: chance.fork(), journal, tape, witness, ...pace })

  /** The same stream, read anew from its beginning, is the same. */
  const reread = async (): Promise<string[]> => {
    const again = listen(rig.port, rig.serving, tape.from)
    await again.until('all of it anew', () => again.last >= tape.last)
    again.stop()
    const isOther = again.last === tape.last && again.digest() !== tape.digest()
    return [...again.findings, ...(isOther ? ['the stream, read anew, is another'] : [])]
  }

  return {
    rig,
    journal,
    tape,
    load,
    witness,
    further: async (tasks) => {
      let isOver = false
      void journal.further(tasks).then(() => (isOver = true))
      const look = () => Promise.resolve(isOver || rig.breaches.length > 0 || undefined)
      await until(`${tasks} more tasks are acknowledged`, look, FURTHER_SECONDS)
    },
    judge: async ({ runs }) => {
      if (rig.breaches.length > 0) return [...rig.breaches]
      await load.stop()
      const stuck = await settled(client, DRAIN_SECONDS)
      if (stuck.length > 0) return [...stuck, ...rig.breaches]
      const untold = await tape
        .until('all ends', () => tape.ends.size >= tape.created.size)
        .then(
          () => [],
          (error: unknown) => [String(error)],
        )
      const findings = [...untold, ...(await compare({ client, journal, tape, witness, runs })), ...(await reread())]
      tape.stop()
      findings.push(...(await rig.stop()), ...(await rig.integrity()))
      return [...findings, ...rig.breaches]
    },
  }
}

/** Starts the programs, then the load. */
export const startScene = async (t: Test, { workers, load, ...options }: SceneOptions): Promise<Scene> => {
  const rig = await createRig(t, options)
  if (options.mode === 'remote') await rig.startNode().ready
  await rig.startServer().ready
  return use(rig, { chance: options.chance, workers, ...(load === undefined ? {} : { load }) })
}
