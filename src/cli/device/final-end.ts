/** Ends of a worker that starting it again would not change, told to the system that starts it again. */
import { Failure, UsageError } from '../failure.ts'
import type { Environment } from '../options/flag.ts'

/** The node has refused this device, or is not the one that was meant: exit code 1 (CONTRACT.md §5). */
export class Refused extends Failure {
  override readonly name = 'Refused'
  constructor(message: string) {
    super(1, message)
  }
}

/**
 * The variable by which a service names the exit code of a final end. A system tells ends apart by their code alone, and 1 is also
 * that of a full disk or a directory in use, which pass.
 */
export const FINAL_EXIT_CODE = 'RETIRE_CLUSTER_FINAL_EXIT_CODE'

/** Runs a worker. Refused, or started by flags that are wrong, it fails with the code that its service has named. */
export const tellingFinalEnd = async (environment: Environment, worker: () => Promise<number>): Promise<number> => {
  const code = environment[FINAL_EXIT_CODE]
  try {
    return await worker()
  } catch (error) {
    if (code === undefined || !(error instanceof Refused || error instanceof UsageError)) throw error
    throw new Failure(Number(code), error.message, { cause: error })
  }
}
