/** Archives of text files, as every system unpacks them: the ustar format of pax(1), POSIX.1-2017. */

/** All of an archive comes in blocks, bytes. */
const BLOCK = 512
/** The longest name of a file, and of the directories before it, bytes. */
const LONGEST_NAME = 100
const LONGEST_PREFIX = 155

/** A path as its two fields have it; undefined where it is too long for them. */
const split = (path: string): { readonly name: string; readonly prefix: string } | undefined => {
  if (Buffer.byteLength(path) <= LONGEST_NAME) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(name) <= LONGEST_NAME && Buffer.byteLength(prefix) <= LONGEST_PREFIX) return { name, prefix }
  }
  return undefined
}

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`

const header = (path: { readonly name: string; readonly prefix: string }, size: number): Buffer => {
  const block = Buffer.alloc(BLOCK)
  block.write(path.name, 0)
  block.write(octal(0o644, 7), 100)
  // Owner and group: nobody's business. The time of change as well: two reports of the same are the same.
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(0, 11), 136)
  // The checksum counts itself as spaces.
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  block.write(path.prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)} `, 148)
  return block
}

/** An archive of these files, by their paths. A path that no archive of this format can hold is left out. */
export const tarOf = (files: ReadonlyMap<string, string>): Buffer => {
  const blocks: Buffer[] = []
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const fields = split(path)
    if (fields === undefined) continue
    const content = Buffer.from(text)
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
    blocks.push(header(fields, content.length), content, padding)
  }
  // Two empty blocks end it.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}
