/** Archives of text files. */
import { tarEnd, tarHeader, tarPadding } from '../../archive/tar.ts'

/** An archive of these files, by their paths. They have no time of change: two reports of the same are the same. */
export const tarOf = (files: ReadonlyMap<string, string>): Buffer => {
  const parts: Buffer[] = []
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const content = Buffer.from(text)
    const { length: size } = content
    parts.push(tarHeader({ path, size, mtimeSeconds: 0 }), content, tarPadding(size))
  }
  return Buffer.concat([...parts, tarEnd])
}
