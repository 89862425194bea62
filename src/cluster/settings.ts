/** The config in force: a flag stands before what was stored, that before the file, that before the default (CONTRACT.md §5). */
import { type ClusterConfig, type ConfigPatch, defaultConfig } from '../../schemas/index.ts'

/** The layers above and below what `PUT /config` stored. */
export type ConfigLayers = {
  /** Fixed by flags and environment variables. */
  readonly pinned: ConfigPatch
  /** From the config file. */
  readonly file: ConfigPatch
}

type Sections = Record<string, Record<string, unknown> | undefined>

/** Lays patches over each other; the later one wins, field by field. */
const merge = (...layers: readonly Sections[]): Sections => {
  const merged: Sections = {}
  for (const layer of layers)
    for (const [section, fields] of Object.entries(layer)) merged[section] = { ...merged[section], ...fields }
  return merged
}

/** A patch on top of another. */
export const mergePatches = (before: ConfigPatch, patch: ConfigPatch): ConfigPatch => merge(before, patch)

/** The config that follows from all layers. */
export const effectiveConfig = ({ pinned, file }: ConfigLayers, stored: ConfigPatch): ClusterConfig =>
  merge(defaultConfig, file, stored, pinned) as ClusterConfig

/**
 * What is wrong with a config as a whole; undefined where nothing is. Bounds of single fields are the schema's.
 */
export const configFault = ({ cluster, health }: ClusterConfig): { path: string; message: string } | undefined => {
  if (cluster.offline_threshold < 2 * cluster.heartbeat_interval)
    return {
      path: '/cluster/offline_threshold',
      message: `must be at least twice cluster.heartbeat_interval (${cluster.heartbeat_interval}), so that one lost heartbeat takes nobody offline`,
    }
  if (health.usage_critical < health.usage_warning)
    return {
      path: '/health/usage_critical',
      message: `must be at least health.usage_warning (${health.usage_warning})`,
    }
  return undefined
}
