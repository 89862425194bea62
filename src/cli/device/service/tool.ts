/** Programs of the system that are asked to do something. */
import { execFile } from 'node:child_process'

/** What became of a program: its exit code, null where it could not be run or was out of time, and what it said of that. */
export type ToolEnd = { readonly code: number | null; readonly said: string }

/** Runs a program to its end. */
export type RunTool = (program: string, args: readonly string[]) => Promise<ToolEnd>

/** A manager of services that hangs does not make its user wait for longer, milliseconds: stopping a worker takes 15 seconds at most. */
const TOOL_MS = 30_000

/** Runs a program of the system; one that hangs is killed. */
export const runTool = (program: string, args: readonly string[], timeoutMs = TOOL_MS): Promise<ToolEnd> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const said = stderr.trim() === '' ? stdout.trim() : stderr.trim()
      if (error === null) resolve({ code: 0, said })
      else if (error.killed === true) resolve({ code: null, said: `no answer within ${timeoutMs / 1000} s` })
      else if (typeof error.code === 'number') resolve({ code: error.code, said })
      else resolve({ code: null, said: error.code === 'ENOENT' ? 'there is no such program' : error.message })
    })
  })
