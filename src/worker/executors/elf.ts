/** What the header of a program of Linux says: elf(5). */

/** So much of a file has its headers, and the name of its loader right behind them, with what linkers make. */
export const HEAD_BYTES = 4096

const PT_INTERP = 3
/** Where the fields are that are read, by the class of the file: of 32 or 64 bits. */
const layouts = {
  1: { headersAt: 28, headerBytes: 42, headers: 44, offset: 4, length: 16, isWide: false },
  2: { headersAt: 32, headerBytes: 54, headers: 56, offset: 8, length: 32, isWide: true },
} as const

/**
 * The loader that a program asks for; undefined where it asks for none, and where it cannot be told: the file is of the other byte
 * order, or has that elsewhere.
 * @param head - the first {@link HEAD_BYTES} of an ELF file
 */
export const loaderOf = (head: Buffer): string | undefined => {
  const layout = layouts[head[4] as keyof typeof layouts] as (typeof layouts)[keyof typeof layouts] | undefined
  const isLittleEndian = head[5] === 1
  if (layout === undefined || !isLittleEndian || head.length < 64) return undefined
  const address = (at: number) => (layout.isWide ? Number(head.readBigUInt64LE(at)) : head.readUInt32LE(at))
  const [size, count] = [head.readUInt16LE(layout.headerBytes), head.readUInt16LE(layout.headers)]
  for (let index = 0, at = address(layout.headersAt); index < count; index += 1, at += size) {
    if (at + 56 > head.length) return undefined
    if (head.readUInt32LE(at) !== PT_INTERP) continue
    const name = head.subarray(address(at + layout.offset), address(at + layout.offset) + address(at + layout.length))
    return name.toString('utf8').split('\0')[0]
  }
  return undefined
}
