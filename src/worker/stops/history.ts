/** Unclean stops of this device: `DATA_DIR/unclean-stops.json`, so that each is told to the node once, and the owner when asked. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type UncleanStopReport, UncleanStopReport as Report } from '../../../schemas/link.ts'
import { MOST_UNCLEAN_STOPS } from '../../../schemas/unclean-stop.ts'
import { problemOf } from '../../link/checks.ts'
import { writeDurably } from '../durable-file.ts'
import type { Log } from '../log.ts'

/** An unclean stop, and whether the node has heard of it. */
export type KnownStop = { readonly stop: UncleanStopReport; readonly told: boolean }

/** The unclean stops of a device. */
export interface StopHistory {
  /** Those that the node has not heard of, the oldest first. */
  untold(): UncleanStopReport[]
  /** The node has heard of these. */
  told(stops: readonly UncleanStopReport[]): Promise<void>
}

const pathOf = (dataDir: string): string => join(dataDir, 'unclean-stops.json')

const isKnownStop = (value: unknown): value is KnownStop =>
  typeof value === 'object' &&
  value !== null &&
  'told' in value &&
  typeof value.told === 'boolean' &&
  'stop' in value &&
  problemOf(Report, value.stop) === undefined

/** The stops that a data directory knows of, the oldest first; none where the file is absent or broken: nothing depends on it. */
export const knownStops = async (dataDir: string): Promise<readonly KnownStop[]> => {
  let value: unknown
  try {
    value = JSON.parse(await readFile(pathOf(dataDir), 'utf8'))
  } catch {
    return []
  }
  return Array.isArray(value) ? value.filter(isKnownStop) : []
}

/**
 * Opens the history.
 * @param found - a stop that was noticed at this start; undefined: none
 */
export const openStopHistory = async ({
  dataDir,
  found,
  log,
}: {
  readonly dataDir: string
  readonly found: UncleanStopReport | undefined
  readonly log: Log
}): Promise<StopHistory> => {
  let stops = await knownStops(dataDir)
  const save = async () => {
    try {
      await writeDurably(pathOf(dataDir), `${JSON.stringify(stops)}\n`)
    } catch (error) {
      // The node knows a stop that it is told of twice.
      log.warn({ err: error }, 'the unclean stops of this device could not be kept')
    }
  }
  if (found !== undefined) {
    stops = [...stops, { stop: found, told: false }].slice(-MOST_UNCLEAN_STOPS)
    await save()
  }
  return {
    untold: () => stops.filter(({ told }) => !told).map(({ stop }) => stop),
    told: async (heard) => {
      if (heard.length === 0) return
      stops = stops.map((known) => (heard.includes(known.stop) ? { ...known, told: true } : known))
      await save()
    },
  }
}
