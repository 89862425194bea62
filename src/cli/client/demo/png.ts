/** Pictures as PNG: Portable Network Graphics Specification (Third Edition), W3C 2025. */
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const BITS_A_SAMPLE = 8
const TRUECOLOUR = 2
/** Every row says how it is filtered; 0 is not at all. */
const UNFILTERED = 0

/** A chunk: length, type, content, and the checksum of type and content. */
const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const framed = Buffer.alloc(4 + body.length + 4)
  framed.writeUInt32BE(content.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), 4 + body.length)
  return framed
}

/**
 * A picture as a PNG file.
 * @param pixels - three bytes for each pixel, red, green and blue, row by row from the top
 */
export const png = (
  { width, height }: { readonly width: number; readonly height: number },
  pixels: Uint8Array,
): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = BITS_A_SAMPLE
  header[9] = TRUECOLOUR
  const stride = 3 * width
  const rows = Buffer.alloc(height * (1 + stride))
  for (let y = 0; y < height; y += 1) {
    rows[y * (1 + stride)] = UNFILTERED
    rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (1 + stride) + 1)
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
