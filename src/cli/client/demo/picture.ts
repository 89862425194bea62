/** The picture of the demo: the Mandelbrot set in tiles, each in the colour of the device that made it. */

/** A part of the picture, pixels. */
export type Tile = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Its size, pixels. */
export const PICTURE = { width: 1200, height: 675 } as const
const TILE = { width: 100, height: 75 } as const

/** The tiles, row by row. */
export const tiles = (): readonly Tile[] => {
  const all: Tile[] = []
  for (let top = 0; top < PICTURE.height; top += TILE.height)
    for (let left = 0; left < PICTURE.width; left += TILE.width) all.push({ left, top, ...TILE })
  return all
}

/** What tasks are given of a tile: where it is, and what of the complex plane a pixel is. */
export const inputOf = (tile: Tile): Tile & { readonly x: number; readonly y: number; readonly step: number } => {
  const step = 3.6 / PICTURE.width
  return { ...tile, x: -2.45 + tile.left * step, y: -(PICTURE.height / 2) * step + tile.top * step, step }
}

/**
 * What a task runs: for each pixel of its tile, row by row, after how many steps its point is known to escape, as two hexadecimal
 * digits; 00 for one that never does.
 */
export const CODE = `
const most = 255
let pixels = ''
for (let row = 0; row < input.height; row += 1) {
  for (let column = 0; column < input.width; column += 1) {
    const cx = input.x + column * input.step
    const cy = input.y + row * input.step
    let x = 0
    let y = 0
    let steps = 0
    while (steps < most && x * x + y * y < 4) {
      const next = x * x - y * y + cx
      y = 2 * x * y + cy
      x = next
      steps += 1
    }
    pixels += (steps === most ? 0 : steps).toString(16).padStart(2, '0')
  }
}
return pixels
`.trim()

/** Hues of neighbours in a list differ most by the golden angle, degrees. */
const GOLDEN_ANGLE = 137.508

/** A colour by its hue, degrees, and its lightness, 0–1: CSS Color Module Level 4, §7.1, at a saturation of 0.75. */
const rgb = (hue: number, lightness: number): readonly [number, number, number] => {
  const amount = 0.75 * Math.min(lightness, 1 - lightness)
  const part = (offset: number) => {
    const k = (offset + hue / 30) % 12
    return Math.round(255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [part(0), part(8), part(4)]
}

/**
 * Paints a tile.
 * @param pixels - of the whole picture, three bytes each
 * @param steps - what the task returned
 * @param device - the number of the device that made it
 */
export const paint = (pixels: Uint8Array, tile: Tile, steps: string, device: number): void => {
  const hue = (200 + device * GOLDEN_ANGLE) % 360
  for (let at = 0; at < tile.width * tile.height; at += 1) {
    const count = Number.parseInt(steps.slice(2 * at, 2 * at + 2), 16)
    const lightness = count === 0 ? 0.04 : 0.14 + 0.76 * Math.min(1, Math.sqrt(count / 110))
    const offset = 3 * ((tile.top + Math.floor(at / tile.width)) * PICTURE.width + tile.left + (at % tile.width))
    pixels.set(rgb(hue, lightness), offset)
  }
}
