/** Figures as Prometheus knows them (https://prometheus.io/docs/practices/naming/): base units, and the unit in the name. */
import { Counter, Gauge, Registry } from 'prom-client'

/** A value of a figure, with the labels that tell it from the others; null where nobody knows it. */
export type Sample = { readonly value: number | null; readonly labels?: Readonly<Record<string, string>> }

/** One figure. */
export type Figure = {
  readonly name: string
  readonly help: string
  /** When absent: a gauge. */
  readonly type?: 'counter'
  readonly samples: readonly Sample[]
}

/** A registry that holds these figures as they are now. What nobody knows is left out, never zero. */
export const registryOf = (figures: readonly Figure[]): Registry => {
  const registry = new Registry()
  for (const { name, help, type, samples } of figures) {
    const known = samples.filter((sample): sample is Sample & { value: number } => sample.value !== null)
    if (known.length === 0) continue
    const labelNames = Object.keys(known[0]?.labels ?? {})
    const options = { name, help, labelNames, registers: [registry] }
    const metric = type === 'counter' ? new Counter(options) : new Gauge(options)
    for (const { value, labels = {} } of known) metric.inc(labels, value)
  }
  return registry
}
