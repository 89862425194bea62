/** What a command of `retire-cluster-worker` is: something that it does besides its work. */
import type { Environment } from '../options/flag.ts'

/**
 * Runs a command to its end.
 * @param argv - the command line without the name of the command
 * @param workerFile - the file of this program
 * @returns the exit code
 */
export type RunCommand = (argv: readonly string[], environment: Environment, workerFile: string) => Promise<number>

/** A command of the worker. */
export type DeviceCommand = {
  /** What the help of the worker says of it: one sentence. */
  readonly summary: string
  /** Its code: a worker that works needs none of it in its memory. */
  readonly load: () => Promise<RunCommand>
}
