/** The rows as a table of Markdown, as it stands in docs/benchmarks.md. */
import type { Row, Wanted } from './row.ts'
import type { Spread } from './statistics.ts'

/** Three digits that mean something, with thin groups of thousands. */
const number = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en-US')
    : value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

const spread = ({ median, least, greatest }: Spread): string =>
  `${number(median)} (${number(least)}–${number(greatest)})`

const demand = (wanted: Wanted, unit: string): string => {
  const sign = wanted.of === 'ratio' ? ' ×' : ` ${unit}`
  return 'least' in wanted ? `≥ ${wanted.least}${sign}` : `≤ ${wanted.most}${sign}`
}

const cellsOf = ({ what, unit, ours, ceiling, ratio, cpuUs, wanted, isReached }: Row): string[] => [
  what,
  unit,
  spread(ours),
  ceiling === null ? '–' : spread(ceiling),
  ratio === null ? '–' : spread(ratio),
  cpuUs === null ? '–' : `${number(cpuUs.ours.median)} / ${number(cpuUs.ceiling.median)}`,
  wanted === null ? '–' : demand(wanted, unit),
  isReached === null ? '–' : isReached ? 'yes' : 'no',
]

const headOf = (against: string) => ['what', 'unit', 'ours', against, 'ratio', 'CPU µs each', 'wanted', 'reached']

/**
 * The table: medians, and in brackets the least and the greatest of the pairs.
 * @param options - `against`: what ours is compared with
 */
export const tableOf = (rows: readonly Row[], { against = 'ceiling' }: { readonly against?: string } = {}): string => {
  const head = headOf(against)
  const lines = [head, ...rows.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [first = [], ...body] = lines
  return `${[line(first), rule, ...body.map(line)].join('\n')}\n`
}
