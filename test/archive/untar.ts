/** Unpacks archives of the ustar format with extended headers, where a test is to need nothing but Node. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const BLOCK = 512

/** A file of an archive. */
export type Unpacked = { readonly path: string; readonly mtimeSeconds: number; readonly content: Buffer }

const field = (header: Buffer, from: number, length: number): string =>
  header.toString('utf8', from, from + length).replace(/\0.*$/s, '')

const octal = (header: Buffer, from: number, length: number): number => Number.parseInt(field(header, from, length), 8)

/** `"<length> <key>=<value>\n"`, one after the other. */
const recordsOf = (text: Buffer): Record<string, string> => {
  const records: Record<string, string> = {}
  for (let at = 0; at < text.length;) {
    const length = Number.parseInt(text.toString('latin1', at, at + 10), 10)
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)\n$/s.exec(text.toString('utf8', at, at + length)) ?? []
    if (key === '') throw new Error(`no record of pax: ${text.toString()}`)
    records[key] = value
    at += length
  }
  return records
}

/** The files of an archive, which must be whole. */
export const filesOf = (archive: Buffer): Unpacked[] => {
  const files: Unpacked[] = []
  let extended: Record<string, string> = {}
  let at = 0
  for (; archive[at] !== 0;) {
    const header = archive.subarray(at, at + BLOCK)
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
    if (header.length < BLOCK || sum !== octal(header, 148, 8) || field(header, 257, 6) !== 'ustar')
      throw new Error(`no header of ustar at ${at}`)
    const size = Number(extended.size ?? octal(header, 124, 12))
    const content = archive.subarray(at + BLOCK, at + BLOCK + size)
    if (content.length < size) throw new Error(`the archive ends in the midst of a file at ${at}`)
    if (field(header, 156, 1) === 'x') extended = recordsOf(content)
    else {
      const path = extended.path ?? join(field(header, 345, 155), field(header, 0, 100))
      files.push({ path, mtimeSeconds: octal(header, 136, 12), content })
      extended = {}
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  if (archive.length !== at + 2 * BLOCK) throw new Error('two empty blocks must end an archive')
  return files
}

/** Writes the files of an archive below a directory. */
export const untar = (archive: Buffer, directory: string): void => {
  for (const { path, content } of filesOf(archive)) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}
