/** Growth curves as one SVG: the sizes on a logarithmic axis, the costs as multiples of those of the smallest size. */
import type { Curve } from './curves.ts'

const [WIDTH, HEIGHT, GAP] = [280, 190, 60]
const TOP = 70
const COLOURS = ['#0969da', '#cf222e', '#1a7f37', '#8250df']

/** The top of the axis: a whole multiple above all that is drawn. */
const topOf = (multiples: readonly number[]): number => Math.max(2, Math.ceil(Math.max(...multiples)))

const panel = ({ of, points }: Curve, left: number): string => {
  const [first] = points
  if (first === undefined) return ''
  const names = Object.keys(first.costs)
  const lines = names.map((name) => points.map(({ costs }) => (costs[name] ?? NaN) / (first.costs[name] ?? NaN)))
  const most = topOf(lines.flat())
  const [low, high] = [Math.log(first.size), Math.log(points.at(-1)?.size ?? NaN)]
  const x = (size: number) => (left + ((Math.log(size) - low) / (high - low)) * WIDTH).toFixed(1)
  const y = (multiple: number) => (TOP + HEIGHT - (multiple / most) * HEIGHT).toFixed(1)
  const frame = `<path class="line" d="M${left} ${TOP}V${TOP + HEIGHT}H${left + WIDTH}"/>`
  const grid = [1, most].map(
    (multiple) =>
      `<path class="grid" d="M${left} ${y(multiple)}h${WIDTH}"/><text class="small" x="${left - 6}" y="${y(multiple)}" text-anchor="end" dy="4">${multiple} ×</text>`,
  )
  const sizes = points.map(
    ({ size }) =>
      `<text class="small" x="${x(size)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${size.toLocaleString('en-US')}</text>`,
  )
  const drawn = lines.map((multiples, n) => {
    const path = multiples.map((multiple, at) => `${x(points[at]?.size ?? NaN)},${y(multiple)}`).join(' ')
    const colour = COLOURS[n] ?? 'currentColor'
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/><text class="small" x="${left}" y="${TOP + HEIGHT + 40 + n * 16}"><tspan fill="${colour}">■</tspan> ${names[n] ?? ''}</text>`
  })
  return [`<text x="${left}" y="${TOP - 18}">${of}</text>`, frame, ...grid, ...sizes, ...drawn].join('\n')
}

/** Draws them side by side. */
export const chartOf = (curves: readonly Curve[]): string => {
  const width = GAP + curves.length * (WIDTH + GAP)
  const height = TOP + HEIGHT + 110
  const label = 'What single things cost as a cluster grows, as multiples of the cost at the smallest size.'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<style>
text { font: 14px system-ui, sans-serif; fill: #24292f }
.small { font-size: 12px; fill: #57606a }
.line { stroke: #57606a; fill: none }
.grid { stroke: #d0d7de; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .line { stroke: #9198a1 } .grid { stroke: #3d444d } }
</style>
<text x="${GAP}" y="24">${label}</text>
${curves.map((curve, n) => panel(curve, GAP + n * (WIDTH + GAP))).join('\n')}
</svg>
`
}
