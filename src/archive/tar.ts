/** The parts of an archive, as every system unpacks it: the ustar format of pax(1), and its extended headers (POSIX.1-2017). */

/** All of an archive comes in blocks, bytes. */
const BLOCK = 512
/** The longest name of a file, and of the directories before it, bytes. */
const LONGEST_NAME = 100
const LONGEST_PREFIX = 155
/** The largest size that 11 octal digits hold, bytes. */
const LARGEST_SIZE = 8 ** 11 - 1

/** A file of an archive, before its content. */
export type TarEntry = {
  /** With forward slashes. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** When it was last changed, whole seconds since 1970. */
  readonly mtimeSeconds: number
}

type Fields = { readonly name: string; readonly prefix: string }

/** A path as its two fields have it; undefined where they cannot hold it: they are short, and mean ASCII. */
const split = (path: string): Fields | undefined => {
  if (!/^[\x20-\x7e]*$/.test(path)) return undefined
  if (path.length <= LONGEST_NAME) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (name.length <= LONGEST_NAME && prefix.length <= LONGEST_PREFIX) return { name, prefix }
  }
  return undefined
}

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`

const header = ({ name, prefix }: Fields, size: number, mtimeSeconds: number, type: '0' | 'x'): Buffer => {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write(octal(0o644, 7), 100)
  // Owner and group: nobody's business.
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(mtimeSeconds, 11), 136)
  // The checksum counts itself as spaces.
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\u000000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)} `, 148)
  return block
}

/** `"<length> <key>=<value>\n"`, where the length counts its own digits. */
const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  let length = bytes + 1
  while (bytes + String(length).length !== length) length = bytes + String(length).length
  return `${length}${rest}`
}

/** What fills the last block of a content of so many bytes. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** What stands before the content of a file: its header, and before that an extended one where it says what no header can. */
export const tarHeader = ({ path, size, mtimeSeconds }: TarEntry): Buffer => {
  const fields = split(path)
  const records = [
    ...(fields === undefined ? [record('path', path)] : []),
    ...(size > LARGEST_SIZE ? [record('size', String(size))] : []),
  ].join('')
  // Programs that are too old for extended headers find the file under the end of its path.
  const shortened = { name: path.replace(/[^A-Za-z0-9._-]/g, '_').slice(-LONGEST_NAME), prefix: '' }
  const own = header(fields ?? shortened, size > LARGEST_SIZE ? 0 : size, mtimeSeconds, '0')
  if (records === '') return own
  const extended = Buffer.from(records)
  const before = header({ name: 'PaxHeader', prefix: '' }, extended.length, mtimeSeconds, 'x')
  return Buffer.concat([before, extended, tarPadding(extended.length), own])
}

/** Two empty blocks end an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * BLOCK)
