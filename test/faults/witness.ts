/** What tasks themselves bear witness of: each run of a command appends a line to a file, in one write. */
import { existsSync, readFileSync } from 'node:fs'

/** A run that was begun. */
export type Run = { readonly task_id: string; readonly epoch: number; readonly attempt: number; readonly pid: number }

/** A command that leaves a line in the witness file, and then ends with a code. `>>` opens with O_APPEND; the line is one write. */
export const witnessCommand = (file: string, exitCode = 0): [string, ...string[]] => [
  '/bin/sh',
  '-c',
  'printf "%s %s\\n" "$RETIRE_CLUSTER_ATTEMPT" "$$" >>"$0"; exit "$1"',
  file,
  `${exitCode}`,
]

/** The runs that a witness file tells of, in the order of their beginning. */
export const runsOf = (file: string): Run[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const [, task_id = '', epoch, attempt, pid] = /^(.*)\.(\d+)\.(\d+) (\d+)$/.exec(line) ?? []
          return { task_id, epoch: Number(epoch), attempt: Number(attempt), pid: Number(pid) }
        })
    : []
