/** A gate at which tasks wait until their test opens it, however long it has taken to come so far. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './cli/programs.ts'

/** A gate. */
export type Gate = {
  /** A command for the shell, which ends once the gate is open. */
  readonly passed: string
  open(): void
}

/** Makes a gate, which is closed. */
export const closedGate = (t: Parameters<typeof temporaryDirectory>[0]): Gate => {
  const path = join(temporaryDirectory(t), 'open')
  return {
    passed: `until [ -e ${path} ]; do sleep 0.1; done`,
    open: () => writeFileSync(path, ''),
  }
}
