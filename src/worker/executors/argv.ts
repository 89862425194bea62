/** What a program is started with. */

/** A program and its arguments. */
export type Argv = readonly [program: string, ...args: string[]]
