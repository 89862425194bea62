/** What the client prints: a table for people; json, yaml and csv for programs. */
import { styleText } from 'node:util'
import { align } from './table.ts'

/** The formats of `--output`. */
export const formats = ['table', 'json', 'csv', 'yaml'] as const
/** A format of `--output`. */
export type Format = (typeof formats)[number]

/** What a cell may hold; null where there is no data. */
export type Cell = string | number | boolean | null

/** A column: its name, as the wire has it, and its value in a row. */
export type Column<T> = { readonly name: string; readonly of: (row: T) => Cell }

/** Something to print. `whole` is what json and yaml show; a table and csv show rows. */
export type Listing<T> = { readonly whole: object; readonly rows: readonly T[]; readonly columns: readonly Column<T>[] }

const colours: Readonly<Record<string, 'green' | 'red' | 'yellow' | 'cyan' | 'gray'>> = {
  online: 'green',
  completed: 'green',
  healthy: 'green',
  running: 'cyan',
  pending: 'yellow',
  pending_approval: 'yellow',
  warning: 'yellow',
  offline: 'red',
  failed: 'red',
  unhealthy: 'red',
  cancelled: 'gray',
}

// styleText leaves colours away where NO_COLOR is set, or stdout is no terminal.
const coloured = (text: string): string => {
  const colour = colours[text]
  return colour === undefined ? text : styleText(colour, text, { stream: process.stdout })
}
const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })

// What a device or a task says must not steer the terminal: control characters but line feed and tab are shown as codes.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const harmless = (text: string): string =>
  text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)

const oneLine = (cell: Cell): string => (cell === null ? '-' : harmless(String(cell)).replace(/[\n\t]+/g, ' '))

const table = <T>({ rows, columns }: Listing<T>): string =>
  align([
    columns.map(({ name }) => bold(name.toUpperCase())),
    ...rows.map((row) => columns.map(({ of }) => coloured(oneLine(of(row))))),
  ])

/** A field of a CSV file: RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV Injection"). */
const csvField = (cell: Cell): string => {
  if (cell === null) return ''
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const csvRows = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('')

const csv = <T>({ rows, columns }: Listing<T>): string =>
  csvRows([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => of(row)))])

const structured = async (format: 'json' | 'yaml', whole: object): Promise<string> => {
  if (format === 'json') return `${JSON.stringify(whole, null, 2)}\n`
  const { stringify } = await import('yaml')
  return stringify(whole)
}

/** Writes to stdout, and waits until it is taken: a reader may be slow. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })

/** Prints a list. */
export const printList = async <T>(format: Format, listing: Listing<T>): Promise<void> => {
  if (format === 'table') return print(table(listing))
  if (format === 'csv') return print(csv(listing))
  return print(await structured(format, listing.whole))
}

/** A field of a record: text of its own, or the lines of a list. */
type Field = readonly [name: string, value: Cell | readonly string[]]

/** The fields of an object with dotted names; each item of a list is a line. */
const flatten = (value: unknown, name: string): readonly Field[] => {
  if (Array.isArray(value))
    return [[name, value.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)))]]
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
    return fields.flatMap(([key, field]) => flatten(field, name === '' ? key : `${name}.${key}`))
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[name, value]]
  return []
}

/** A field as rows of a table: what has several lines goes on below, beside no name. */
const rowsOf = ([name, value]: Field): readonly (readonly string[])[] => {
  const lines = typeof value === 'string' ? value.split('\n') : [value].flat()
  const [first = null, ...rest] = lines
  return [[bold(name), coloured(oneLine(first))], ...rest.map((line) => ['', oneLine(line)])]
}

const joined = (value: Field[1]): Cell => (typeof value === 'object' && value !== null ? value.join('\n') : value)

/** Prints one object: in a table, a line or more for each field; in csv, a row. */
export const printRecord = async (format: Format, record: object): Promise<void> => {
  const fields = flatten(record, '')
  if (format === 'csv') return print(csvRows([fields.map(([name]) => name), fields.map(([, value]) => joined(value))]))
  if (format === 'table') return print(align(fields.flatMap(rowsOf)))
  return print(await structured(format, record))
}
