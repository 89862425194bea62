/** What a server took of the processor for what it did: other work on the machine falls less on this than on any time. */
import type { Program } from './program.ts'

/** Adds to the figures of a run the processor time of a server for each unit, microseconds. `unitsOf`: how many there were. */
export const withCost = async <F extends object>(
  server: Pick<Program, 'cpuSeconds'>,
  run: () => Promise<F>,
  unitsOf: (figures: F) => number,
): Promise<F & { readonly cpuUs: number }> => {
  const before = server.cpuSeconds()
  const figures = await run()
  return { ...figures, cpuUs: ((server.cpuSeconds() - before) * 1e6) / unitsOf(figures) }
}
