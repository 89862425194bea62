/** Starting the benchmark: the worker's own program once more. */
import { execFile } from 'node:child_process'
import { BENCHMARK_ARGUMENT } from './argument.ts'

/** Two seconds of processor time, at a low priority on a device that is busy: it may take this long, milliseconds. */
const TIMEOUT_MS = 60_000

/**
 * Measures how fast one core is, operations per second. It settles when the process is gone, also where it is ended.
 * @param workerFile - the file of the worker's program
 * @param signal - ends it
 * @throws where it is ended, fails, or takes too long
 */
export const launchBenchmark = async (workerFile: string, signal: AbortSignal): Promise<number> => {
  const said = Promise.withResolvers<string>()
  const options = { signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true } as const
  const child = execFile(process.execPath, [workerFile, BENCHMARK_ARGUMENT], options, (error, stdout) => {
    if (error === null) said.resolve(stdout)
    else said.reject(error)
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    const stdout = await said.promise
    const operations = Number(stdout)
    if (operations > 0) return operations
    throw new Error(`the benchmark says ${JSON.stringify(stdout.slice(0, 64))}`)
  } finally {
    await gone
  }
}
