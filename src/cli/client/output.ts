/** What the client prints: a table for people; json, yaml and csv for programs; or ids alone, for other commands. */
import { styleText } from 'node:util'
import { harmless, harmlessJson } from '../harmless.ts'
import { csvRows } from './csv.ts'
import { ago } from './presentation.ts'
import { align } from './table.ts'

/** The formats of `--output`. */
export const formats = ['table', 'json', 'csv', 'yaml'] as const
/** A format of `--output`. */
export type Format = (typeof formats)[number]

/** Where results go, and how. */
export type Output = {
  readonly format: Format
  /** Ids alone, one a line. */
  readonly quiet: boolean
  /** Whether a terminal shows it: nothing that is written may steer that. A pipe gets every byte. */
  readonly isTerminal: boolean
  /** Takes text; resolves when it is taken, since a reader may be slow. */
  readonly write: (text: string) => Promise<void>
  /** Takes a remark for people, which is no part of the result; it cannot steer a terminal. */
  readonly note: (text: string) => void
}

/** What a cell may hold; null where there is no data. */
export type Cell = string | number | boolean | null

/** A column: its name, as the wire has it, and its value in a row. */
export type Column<T> = { readonly name: string; readonly of: (row: T) => Cell }

/** Something to print. */
export type Listing<T> = {
  /** What json and yaml show. */
  readonly whole: object
  readonly rows: readonly T[]
  /** The columns of csv; the first one identifies a row. */
  readonly columns: readonly Column<T>[]
  /** The columns that people see, where they are others. */
  readonly table?: readonly Column<T>[]
}

const colours: Readonly<Record<string, 'green' | 'red' | 'yellow' | 'cyan' | 'gray'>> = {
  online: 'green',
  completed: 'green',
  healthy: 'green',
  running: 'cyan',
  pending: 'yellow',
  pending_approval: 'yellow',
  drained: 'yellow',
  paused: 'yellow',
  warning: 'yellow',
  offline: 'red',
  failed: 'red',
  refused: 'red',
  unhealthy: 'red',
  error: 'red',
  cancelled: 'gray',
}

// styleText leaves colours away where NO_COLOR is set, or stdout is no terminal.
/** A word that names a state, in its colour. */
export const coloured = (text: string): string => {
  const colour = colours[text]
  return colour === undefined ? text : styleText(colour, text, { stream: process.stdout })
}
/** Text that stands out. */
export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })

/** A cell as one line of text. */
export const oneLine = (cell: Cell): string => (cell === null ? '-' : harmless(String(cell)).replace(/[\n\t]+/g, ' '))

/** Rows under a heading, as a terminal shows them. */
export const table = <T>(rows: readonly T[], columns: readonly Column<T>[]): string =>
  align([
    columns.map(({ name }) => bold(name.toUpperCase())),
    ...rows.map((row) => columns.map(({ of }) => coloured(oneLine(of(row))))),
  ])

const csv = <T>({ rows, columns }: Listing<T>): string =>
  csvRows([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => of(row)))])

const ids = <T>({ rows, columns: [first] }: Listing<T>): string =>
  rows.map((row) => `${harmless(String(first?.of(row) ?? ''))}\n`).join('')

const structured = async (format: 'json' | 'yaml', whole: object): Promise<string> => {
  if (format === 'json') return `${harmlessJson(whole, 2)}\n`
  // By its default alone: of a CommonJS module that is in the bundle, nothing else has a name.
  const { default: yaml } = await import('yaml')
  return yaml.stringify(whole)
}

/** Text that a program may read. */
const forPrograms = (text: string, { isTerminal }: Pick<Output, 'isTerminal'>): string =>
  isTerminal ? harmless(text.replaceAll('\r\n', '\n')) : text

/** Writes to stdout, and waits until it is taken: a reader may be slow. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })

/** Prints a list. */
export const printList = async <T>(output: Output, listing: Listing<T>): Promise<void> => {
  const { format, quiet, write } = output
  if (quiet) return write(ids(listing))
  if (format === 'table') return write(table(listing.rows, listing.table ?? listing.columns))
  if (format === 'csv') return write(forPrograms(csv(listing), output))
  return write(forPrograms(await structured(format, listing.whole), output))
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

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const withAge = (line: Cell): Cell => (typeof line === 'string' && INSTANT.test(line) ? `${line} (${ago(line)})` : line)

/** A field as rows of a table: what has several lines goes on below, beside no name. */
const rowsOf = ([name, value]: Field): readonly (readonly string[])[] => {
  const lines = typeof value === 'string' ? value.split('\n') : [value].flat()
  const [first = null, ...rest] = lines
  return [[bold(name), coloured(oneLine(withAge(first)))], ...rest.map((line) => ['', oneLine(line)])]
}

const joined = (value: Field[1]): Cell => (typeof value === 'object' && value !== null ? value.join('\n') : value)

/** Prints one object: in a table, a line or more for each field; in csv, a row; alone, the field that comes first. */
export const printRecord = async (output: Output, record: object): Promise<void> => {
  const { format, quiet, write } = output
  const fields = flatten(record, '')
  if (quiet) return write(fields.slice(0, 1).map(([, value]) => `${oneLine(joined(value))}\n`).join('')) // prettier-ignore
  if (format === 'csv')
    return write(forPrograms(csvRows([fields.map(([name]) => name), fields.map(([, value]) => joined(value))]), output))
  if (format === 'table') return write(align(fields.flatMap(rowsOf)))
  return write(forPrograms(await structured(format, record), output))
}
