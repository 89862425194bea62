/** Text that others wrote (a device, a task, a name), so that it can do nothing to the terminal that shows it. */

// Control characters but line feed and tab: ESC and CSI (U+009B) begin sequences that move the cursor, or type for the user.
// Bidirectional controls show text in another order than it is read in ("Trojan Source", CVE-2021-42574).
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

const hexadecimal = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0')

/** Text with what could steer a terminal as codes: `\x1b`, `\u202e`. Line feeds and tabs stay. */
export const harmless = (text: string): string =>
  text.replace(STEERING, (character) =>
    character < '\u0100' ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`,
  )

/** A value as JSON that says the same, and that a terminal can show: of the characters in question, JSON itself escapes those below U+0020 alone. */
export const harmlessJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(STEERING, (character) => `\\u${hexadecimal(character, 4)}`)
