/** A log that nobody reads. */
import type { Log } from '../../src/cluster/ports/log.ts'

const nothing = () => undefined

/** Swallows what is logged. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
