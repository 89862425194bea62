/** What is said to the owner of a device that joins for the first time: what to do so that it works for long. */
import { basename } from 'node:path'
import { thisMachine } from '../../worker/machine.ts'
import type { Values } from '../options/flag.ts'
import { forShell, forWindows } from './service/quoted.ts'
import type { workerFlags } from './worker-flags.ts'

/** The command of the installed package. */
const NAME = 'retire-cluster-worker'

/** A device that has not joined by then may be told why by what is found, milliseconds. */
const PATIENCE_MS = 5000

/** The line that looks the device over, as it can be pasted here: a worker that its node has served is no command of the shell. */
const doctorOf = (workerFile: string, { data_dir }: Pick<Values<typeof workerFlags>, 'data_dir'>): string => {
  const word = process.platform === 'win32' ? forWindows : forShell
  const program = basename(process.argv[1] ?? '') === NAME ? NAME : `node ${word(workerFile)}`
  return `${program} doctor --data-dir ${word(data_dir)}`
}

/**
 * Looks the device over beside its joining, and prints the fixes behind the word that it has joined; nothing where all is well.
 * It delays nothing and prevents nothing.
 * @param workerFile - the file of this program
 * @param joined - resolves when the device has joined
 */
export const firstLook = async (
  values: Values<typeof workerFlags>,
  workerFile: string,
  joined: Promise<unknown>,
): Promise<void> => {
  // A worker that has joined before needs none of it in its memory.
  const [{ examine }, { fixesOf, numbered }] = await Promise.all([
    import('./doctor/examine.ts'),
    import('./doctor/words.ts'),
  ])
  const fixes = fixesOf(await examine(thisMachine, values))
  if (fixes.length === 0) return
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())
  await Promise.race([joined, late])
  process.stdout.write(`What to do on this device (${doctorOf(workerFile, values)} says more):\n${numbered(fixes)}`)
}
