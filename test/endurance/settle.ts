/** When a turn of simulated time is over. */

/** How the runtime names a file that is being read or written, and one that is being closed. */
const FILE_WORK = /^(FSReq|CloseReq)/

/** So many turns of the event loop with nothing under way: a commit at the end of a turn, its answer, and what that answer sets going. */
const QUIET_TURNS = 4

/**
 * Resolves when nothing is under way any more but timers: no file is being read or written, and what came of it has happened. So
 * the disk, which is a real one, takes no simulated time, and a run depends on its seed alone.
 */
export const settleFiles = async (): Promise<void> => {
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await new Promise((resolve) => setImmediate(resolve))
    quiet = process.getActiveResourcesInfo().some((resource) => FILE_WORK.test(resource)) ? 0 : quiet + 1
  }
}
