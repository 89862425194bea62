/** Lines for people, on stdout; the log goes elsewhere. */

/** Writes lines; nothing where there are none. */
export const say = (lines: readonly string[]): void => {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}
