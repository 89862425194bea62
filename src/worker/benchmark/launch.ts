/** Starting the benchmark: the worker's own program once more. */
import { execFile } from 'node:child_process'
import { BENCHMARK_ARGUMENT } from './argument.ts'

/** Two seconds of processor time, at a low priority on a device that is busy: it may take this long, milliseconds. */
const TIMEOUT_MS = 60_000

/**
 * Measures how fast one core is, operations per second.
 * @param workerFile - the file of the worker's program
 * @param signal - ends it
 * @throws where it is ended, fails, or takes too long
 */
export const launchBenchmark = (workerFile: string, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true } as const
    execFile(process.execPath, [workerFile, BENCHMARK_ARGUMENT], options, (error, stdout) => {
      const operations = Number(stdout)
      if (error === null && operations > 0) resolve(operations)
      else reject(error ?? new Error(`the benchmark says ${JSON.stringify(stdout.slice(0, 64))}`))
    })
  })
