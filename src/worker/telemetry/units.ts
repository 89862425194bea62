/** The units of the contract: figures rounded as it says, and kept within its bounds. */

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

/** Bytes as GiB (2^30), two decimals. */
export const gigabytesOf = (bytes: number): number => rounded(Math.max(0, bytes) / 2 ** 30, 2)

/** Bytes as MiB (2^20), one decimal. */
export const megabytesOf = (bytes: number): number => rounded(Math.max(0, bytes) / 2 ** 20, 1)

/** A share between 0 and 1 as percent, one decimal. */
export const percentOf = (share: number): number => rounded(Math.min(1, Math.max(0, share)) * 100, 1)

/** One decimal. */
export const tenthsOf = (value: number): number => rounded(value, 1)

/** Milliseconds as seconds, three decimals. */
export const secondsOf = (milliseconds: number): number => rounded(Math.max(0, milliseconds) / 1000, 3)
