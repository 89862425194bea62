/** Unpacks archives of the ustar format, where a test is to need nothing but Node. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const BLOCK = 512

const field = (header: Buffer, from: number, length: number): string =>
  header.toString('utf8', from, from + length).replace(/\0.*$/s, '')

/** Writes the files of an archive below a directory. */
export const untar = (archive: Buffer, directory: string): void => {
  for (let at = 0; archive[at] !== 0;) {
    const header = archive.subarray(at, at + BLOCK)
    const checksum = Number.parseInt(field(header, 148, 8), 8)
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
    if (sum !== checksum || field(header, 257, 6) !== 'ustar') throw new Error(`no header of ustar at ${at}`)
    const prefix = field(header, 345, 155)
    const size = Number.parseInt(field(header, 124, 12), 8)
    const path = join(directory, prefix, field(header, 0, 100))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, archive.subarray(at + BLOCK, at + BLOCK + size))
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
}
