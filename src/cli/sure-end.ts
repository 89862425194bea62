/** That a process ends when it exits. It imports nothing of ours: it is called before the rest is loaded. */
import { setFlagsFromString } from 'node:v8'

/**
 * By these the threads of V8 compile as before, and leave it to the main thread to put the code on the heap. Otherwise one of them that
 * finds the heap full waits for a collection by the main thread, which in `process.exit` waits for that thread: both for ever
 * (https://github.com/nodejs/node/issues/54918, seen with Node 24.21; test/system/sure-end.test.ts makes it likely).
 * In this order: a thread that builds code looks at both of the first two, and where only the second were off it would take data that
 * nobody has made, "Check failed: !deopt_data.is_null()", and end the process (MaglevCodeGenerator::BuildCodeObject; 3 of 60 times).
 */
const FLAGS = [
  '--no-maglev-deopt-data-on-background',
  '--no-maglev-build-code-on-background',
  '--no-concurrent-sparkplug',
]

/** The newest V8 that is known to have them, that of Node 26: one that has not says so on stderr. */
const NEWEST_V8 = 14

/** Makes sure that `process.exit` ends this process. Call it first: what is being compiled already is not reached. */
export const makeEndSure = (): void => {
  const v8 = Number.parseInt(process.versions.v8, 10)
  if (v8 <= NEWEST_V8) for (const flag of FLAGS) setFlagsFromString(flag)
}
