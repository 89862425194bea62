/** CSV, for spreadsheets. */

/** A field: RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV Injection"). */
const field = (value: string | number | boolean | null): string => {
  if (value === null) return ''
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as a CSV file. */
export const csvRows = (rows: readonly (readonly (string | number | boolean | null)[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
