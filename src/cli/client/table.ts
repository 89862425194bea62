/** Aligned columns for terminals. */

// Wide as East Asian Width W and F (Unicode Standard Annex #11), in the blocks where host names and messages have them.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const ZERO = /\p{Mark}|\u200d/u
// Colours, as styleText makes them, take no room.
const COLOUR = /\u001b\[[\d;]*m/g
const CHARACTER_OR_COLOUR = /\u001b\[[\d;]*m|./gsu

/** How many columns of a terminal a text takes. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text.replace(COLOUR, '')) if (!ZERO.test(character)) width += WIDE.test(character) ? 2 : 1
  return width
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** Rows of cells, each column as wide as its widest cell, two spaces between. */
export const align = (rows: readonly (readonly string[])[]): string => {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => `${line}\n`).join('')
}

/** A line as far as it has room. Colours are kept, so that what is switched on is switched off. */
export const cut = (line: string, columns: number): string => {
  let width = 0
  return line.replace(CHARACTER_OR_COLOUR, (piece) => {
    width += widthOf(piece)
    return width <= columns || piece.startsWith('\u001b') ? piece : ''
  })
}
