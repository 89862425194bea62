/** Words of a command line, for the shells that a person or a script gives them to. */

/** A word for a POSIX shell: as it is where that is safe, else between apostrophes. */
export const forShell = (word: string): string =>
  /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Backslashes before a quote are doubled; all others are what they are. */
const doubled = (text: string): string => text.replace(/(?<!\\)\\+$/, '$&$&')

/** A word for the command line of a Windows program: "Parsing C++ command-line arguments", Microsoft. */
export const forWindows = (word: string): string =>
  /^[\w+,./:\\=@-]+$/.test(word) ? word : `"${word.split('"').map(doubled).join('\\"')}"`

/** A word for PowerShell, which doubles the apostrophes that stand between apostrophes. */
export const forPowerShell = (word: string): string => `'${word.replaceAll("'", "''")}'`
