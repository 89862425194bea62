/** A size such as `2GB`, or a share of what there is such as `50%`. */
import { parsed } from '../options/readers.ts'

/** So many bytes, or such a share in percent. */
export type SizeOrShare = { readonly bytes: number } | { readonly percent: number }

const units = { MB: 2 ** 20, GB: 2 ** 30 } as const
const SIZE = /^(?<amount>[1-9]\d{0,5})(?<unit>MB|GB)$/
const SHARE = /^(?<percent>[1-9]\d?|100)%$/

const parseSize = (written: string): SizeOrShare | undefined => {
  const { percent } = SHARE.exec(written)?.groups ?? {}
  if (percent !== undefined) return { percent: Number(percent) }
  const { amount, unit } = SIZE.exec(written)?.groups ?? {}
  return amount === undefined ? undefined : { bytes: Number(amount) * units[unit as keyof typeof units] }
}

/** Reads a size or a share. */
export const sizeOrShare = parsed('SIZE', parseSize, 'a size such as 2GB or 512MB, or a share such as 50%')
