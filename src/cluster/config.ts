/** Reading and changing the config while the node runs. */
import { createHash } from 'node:crypto'
import type { ClusterConfig } from '../../schemas/index.ts'
import type { ConfigOperations } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { type ConfigLayers, configFault, effectiveConfig, mergePatches } from './settings.ts'
import type { State } from './state.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** Fields that act only after a restart: the listener is open, and stays where it is. */
const RESTART: ReadonlySet<string> = new Set(['server.host', 'server.port'])

const tagOf = (config: ClusterConfig) =>
  createHash('sha256').update(JSON.stringify(config)).digest('base64url').slice(0, 27)

/** `section.name` → value. */
const flatten = (config: object): Map<string, unknown> =>
  new Map(
    Object.entries(config).flatMap(([section, fields]) =>
      Object.entries(fields as object).map(([name, value]): [string, unknown] => [`${section}.${name}`, value]),
    ),
  )

/** What the operations work with. */
export type ConfigContext = {
  readonly state: State
  readonly work: UnitOfWork
  readonly layers: ConfigLayers
  readonly current: () => ClusterConfig
  /** The new config is on disk, and acts from now on. */
  readonly changed: (config: ClusterConfig, updated: ReadonlySet<string>) => void
}

/** The operations. */
export const createConfigOperations = ({ state, work, layers, current, changed }: ConfigContext): ConfigOperations => ({
  get: () => work.read(() => ({ config: current(), tag: tagOf(current()) })),
  update: ({ patch, expected_tag }) =>
    work.run((tx) => {
      if (expected_tag !== null && expected_tag !== tagOf(current())) throw new ClusterError('PRECONDITION_FAILED')
      const pinned = flatten(layers.pinned)
      for (const field of flatten(patch).keys())
        if (pinned.has(field)) throw new ClusterError('CONFIG_PINNED', { field })
      const stored = mergePatches(state.storedConfig, patch)
      // Of two changes in one turn the second must see the first: what is stored, not what is in force.
      const before = flatten(effectiveConfig(layers, state.storedConfig))
      const config = effectiveConfig(layers, stored)
      const fault = configFault(config)
      if (fault !== undefined)
        throw new ClusterError('VALIDATION_ERROR', {
          reason: `${fault.path.slice(1).replace('/', '.')} ${fault.message}`,
          issues: [{ in: 'body', ...fault }],
        })
      const updated_fields = [...flatten(config)]
        .filter(([field, value]) => before.get(field) !== value)
        .map(([field]) => field)
      if (updated_fields.length > 0) {
        tx.putConfig(stored)
        tx.record({ type: 'config_updated', updated_fields })
        tx.log('info', {
          component: 'config',
          device_id: null,
          task_id: null,
          message: 'the config was changed',
          details: { updated_fields },
        })
        tx.after(() => changed(config, new Set(updated_fields)))
      }
      return () => ({ updated_fields, restart_required: updated_fields.some((field) => RESTART.has(field)) })
    }),
})
