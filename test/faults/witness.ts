/** What tasks themselves bear witness of: each run of a command appends a line to a file, in one write. */
import { existsSync, readFileSync } from 'node:fs'

/** A run that was begun. */
export type Run = { readonly task_id: string; readonly epoch: number; readonly attempt: number; readonly pid: number }

/** What a command does once it has left its line. */
export type Deed = {
  /** The code that it ends with; 0 when absent. */
  readonly exitCode?: number
  /** Seconds that it runs on, with a child in the background that would run for ever; 0 when absent. */
  readonly lingers?: number
}

/** A command that leaves a line in the witness file. `>>` opens with O_APPEND, and the line is one write. */
export const witnessCommand = (file: string, { exitCode = 0, lingers = 0 }: Deed = {}): [string, ...string[]] => [
  '/bin/sh',
  '-c',
  `printf '%s %s\\n' "$RETIRE_CLUSTER_ATTEMPT" "$$" >>"$0"; if [ "$2" != 0 ]; then sleep 100000 & sleep "$2"; fi; exit "$1"`,
  file,
  `${exitCode}`,
  `${lingers}`,
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
