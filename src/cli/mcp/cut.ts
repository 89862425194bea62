/** Cutting texts that are too long. */

/** The beginning of a text: at most so many UTF-16 units, and no character torn. */
export const beginning = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
