/** What the store knows of itself, and the one row of config. */
import type { DatabaseSync } from 'node:sqlite'
import type { ConfigPatch } from '../../schemas/index.ts'
import { type NoArguments, query, statement } from './statement.ts'
import type { ConfigTable, MetaTable } from './tables.ts'

/** Numbers of the store, by name. The writes are to be called inside a transaction. */
export type Meta = {
  get(name: MetaTable['name']): number
  set(name: MetaTable['name'], value: number): void
  /** Raises a number; one that is higher stays. */
  raise(name: MetaTable['name'], value: number): void
  config(): ConfigPatch
  saveConfig(patch: ConfigPatch): void
}

/** Prepares the statements. */
export const metaTable = (db: DatabaseSync): Meta => {
  const get = statement<Pick<MetaTable, 'name'>>(db)((slot) =>
    query.selectFrom('meta').select('value').where('name', '=', slot('name')),
  )
  const set = statement<MetaTable>(db)((slot) =>
    query
      .updateTable('meta')
      .set(slot.each(['value']))
      .where('name', '=', slot('name')),
  )
  const raise = statement<MetaTable>(db)((slot) =>
    query
      .updateTable('meta')
      .set(slot.each(['value']))
      .where('name', '=', slot('name'))
      .where('value', '<', slot('value')),
  )
  const config = statement<NoArguments>(db)(() => query.selectFrom('config').select('patch'))
  const saveConfig = statement<ConfigTable>(db)((slot) =>
    query.replaceInto('config').values(slot.each(['id', 'patch'])),
  )

  return {
    get: (name) => {
      const row = get.get({ name })
      if (row === undefined) throw new Error(`the store has lost its ${name}`)
      return row.value
    },
    set: (name, value) => void set.run({ name, value }),
    raise: (name, value) => void raise.run({ name, value }),
    config: () => JSON.parse(config.get({})?.patch ?? '{}') as ConfigPatch,
    saveConfig: (patch) => void saveConfig.run({ id: 1, patch: JSON.stringify(patch) }),
  }
}
