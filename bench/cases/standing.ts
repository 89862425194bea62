/** What it costs to start, and to be there. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Case } from '../measure/case.ts'
import { startCeiling } from '../measure/ceiling.ts'
import { inPairs } from '../measure/pairs.ts'
import type { Program } from '../measure/program.ts'
import { rowOf } from '../measure/row.ts'
import { codeOf, launchService } from '../measure/service.ts'

/** By then what the start needed has been let go, milliseconds. */
const IDLE_MS = 10_000

/** How often it is looked whether the code is there, milliseconds. */
const LOOK_MS = 100

/** Runs the service for as long as it takes to keep its code. */
const keepCode = async (directory: string): Promise<void> => {
  const service = await launchService(directory)
  while (!existsSync(codeOf(directory))) await pause(LOOK_MS)
  await service.end()
}

/** From the start of the process until it listens. The data directory is there, and the code that is kept of the program: it is a restart. */
export const start: Case = {
  name: 'start',
  measure: async ({ pairs, directory, tell }) => {
    const timed = async (launched: Promise<Program>) => {
      const program = await launched
      const cpuUs = program.cpuSeconds() * 1e6
      await program.end()
      return { startMs: program.startMs, perSecond: 1000 / program.startMs, cpuUs }
    }
    await keepCode(join(directory, 'node'))
    const measured = await inPairs(
      {
        ours: () => timed(launchService(join(directory, 'node'))),
        ceiling: () => timed(startCeiling('bare')),
      },
      pairs,
      tell,
    )
    return [
      rowOf(measured, 'startMs', {
        what: 'from the start of the process to listening, API and node, against bare Fastify',
        unit: 'ms',
        wanted: { of: 'ratio', most: 1.25 },
      }),
    ]
  },
}

/** Resident memory, when there is nothing to do. */
export const idle: Case = {
  name: 'idle',
  measure: async ({ pairs, directory, tell }) => {
    // Both at once: idle processes do not disturb each other.
    let together: Promise<{ ours: number; ceiling: number }> | undefined
    const both = async () => {
      const programs = [await launchService(join(directory, 'node')), await startCeiling('bare')] as const
      await pause(IDLE_MS)
      const [ours, ceiling] = [programs[0].residentMb(), programs[1].residentMb()]
      for (const program of programs) await program.end()
      return { ours, ceiling }
    }
    const measured = await inPairs(
      {
        ours: async () => ({ mb: (await (together = both())).ours }),
        ceiling: async () => ({ mb: (await (together ?? both())).ceiling }),
      },
      pairs,
      tell,
      { warmUp: false },
    )
    return [
      rowOf(measured, 'mb', {
        what: 'idle memory, API and node, against bare Fastify',
        unit: 'MB',
        wanted: { of: 'ratio', most: 1.5 },
      }),
    ]
  },
}
