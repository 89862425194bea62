/** Examples of the config: as it is when nobody says otherwise, and the change of the seed document. */
import { type ConfigAnswer, type ConfigPatch, type ConfigUpdated, defaultConfig } from '../../../schemas/index.ts'

/** The defaults. */
export const configView: ConfigAnswer = { config: defaultConfig }

/** Heartbeats twice as often. */
export const configPatch: ConfigPatch = { cluster: { heartbeat_interval: 30, offline_threshold: 180 } }

/** Both fields have another value now, and act at once. */
export const configUpdated: ConfigUpdated = {
  updated_fields: ['cluster.heartbeat_interval', 'cluster.offline_threshold'],
  restart_required: false,
}
