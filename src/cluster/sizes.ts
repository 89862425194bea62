/** Sizes as the config writes them. */

const units = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 } as const

/** The bytes of a size as the config writes it: `10MB`. */
export const toBytes = (size: string): number => Number(size.slice(0, -2)) * units[size.slice(-2) as keyof typeof units]
