/** Shapes of JSON values, as the examples of the seed document show them: names, types and units. More fields may be there. */

/** What is wrong with a value, each with where it stands; nothing where it has the shape. */
export type Shape = (value: unknown, at: string) => string[]

const shape =
  (what: string, fits: (value: unknown) => boolean): Shape =>
  (value, at) =>
    fits(value) ? [] : [`${at} is ${JSON.stringify(value)}, not ${what}`]

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
/** With so many decimals at the most. */
const decimals = (value: number, most: number) => Number(value.toFixed(most)) === value

/** Any text. */
export const text = shape('a text', (value) => typeof value === 'string')
/** `true` or `false`. */
export const truth = shape('true or false', (value) => typeof value === 'boolean')
/** How many. */
export const count = shape('a count', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
/** A percentage: 0–100 with one decimal (CONTRACT.md §2). */
export const percent = shape(
  'a percentage',
  (value) => isNumber(value) && value >= 0 && value <= 100 && decimals(value, 1),
)
/** Of one core: 100 is one, more are possible. */
export const percentOfCore = shape('a percentage of a core', (value) => isNumber(value) && value >= 0)
/** `*_gb`: GiB with at most two decimals. */
export const gigabytes = shape('a size in GiB', (value) => isNumber(value) && value >= 0 && decimals(value, 2))
/** `*_ms`: with at most three decimals. */
export const milliseconds = shape('milliseconds', (value) => isNumber(value) && value >= 0 && decimals(value, 3))
/** A number of seconds, or of MiB. */
export const amount = shape('a number from 0 on', (value) => isNumber(value) && value >= 0)
/** RFC 3339, UTC, milliseconds, `Z`. */
export const instant = shape(
  'an instant',
  (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value,
)
/** `15d 6h 42m`. */
export const uptime = shape(
  'an uptime',
  (value) => typeof value === 'string' && /^\d+d (?:1?\d|2[0-3])h [1-5]?\dm$/.test(value),
)
/** `10MB`. */
export const size = shape('a size', (value) => typeof value === 'string' && /^\d+(?:KB|MB|GB)$/.test(value))
/** `2023-01-01T12:00:05Z: 任务开始执行`. */
export const logLine = shape(
  'an instant, a colon, and a text',
  (value) => typeof value === 'string' && instant(value.slice(0, 24), '').length === 0 && /^.{24}: \S/s.test(value),
)
/** One of these. */
export const oneOf = (...values: readonly unknown[]): Shape =>
  shape(`one of ${JSON.stringify(values)}`, (value) => values.includes(value))

/** What this machine may not have: then it is null (CONTRACT.md §7). */
export const perhaps =
  (inner: Shape): Shape =>
  (value, at) =>
    value === null ? [] : inner(value, at)

/** What only Android hides from programs: anywhere else it is measured. */
export const measured: (inner: Shape) => Shape = process.platform === 'android' ? perhaps : (inner) => inner

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object with at least these fields. */
export const fields =
  (named: Readonly<Record<string, Shape>>): Shape =>
  (value, at) => {
    if (!isObject(value)) return [`${at} is ${JSON.stringify(value)}, not an object`]
    return Object.entries(named).flatMap(([name, inner]) =>
      name in value ? inner(value[name], `${at}.${name}`) : [`${at}.${name} is not there`],
    )
  }

/** An object from names of the cluster's own to values of one shape, with at least these names. */
export const mapOf =
  (inner: Shape, ...names: readonly string[]): Shape =>
  (value, at) =>
    isObject(value)
      ? [
          ...names.filter((name) => !(name in value)).map((name) => `${at}.${name} is not there`),
          ...Object.entries(value).flatMap(([name, each]) => inner(each, `${at}.${name}`)),
        ]
      : [`${at} is ${JSON.stringify(value)}, not an object`]

/** A list, of at least so many items. */
export const listOf =
  (item: Shape, least = 0): Shape =>
  (value, at) => {
    if (!Array.isArray(value)) return [`${at} is ${JSON.stringify(value)}, not a list`]
    if (value.length < least) return [`${at} has ${value.length} items, not ${least} or more`]
    return value.flatMap((each, index) => item(each, `${at}[${index}]`))
  }
