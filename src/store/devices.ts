/** Devices, and what they have done. */
import type { DatabaseSync } from 'node:sqlite'
import type { DeviceCounters, DeviceRecord } from '../cluster/ports/records.ts'
import { deviceOf } from './rows.ts'
import { type NoArguments, query, statement } from './statement.ts'
import type { RecordsTable, Tables } from './tables.ts'

/** The devices and their counters. The writes are to be called inside a transaction. */
export type DeviceTable = {
  save(device: DeviceRecord): void
  saveCounters(counters: DeviceCounters): void
  /** Forgets a device with its counters and figures; another may join under its name. */
  remove(id: string): void
  all(): DeviceRecord[]
  allCounters(): DeviceCounters[]
}

/** Prepares the statements of the devices. */
export const deviceTable = (db: DatabaseSync): DeviceTable => {
  const save = statement<RecordsTable>(db)((slot) =>
    query
      .insertInto('devices')
      .values(slot.each(['id', 'record']))
      .onConflict((conflict) => conflict.column('id').doUpdateSet(slot.each(['record']))),
  )
  const saveCounters = statement<Tables['counters']>(db)((slot) =>
    query.replaceInto('counters').values(slot.each(['device_id', 'completed', 'failed'])),
  )
  const all = statement<NoArguments>(db)(() => query.selectFrom('devices').select('record').orderBy('id'))
  const allCounters = statement<NoArguments>(db)(() =>
    query.selectFrom('counters').select(['device_id', 'completed', 'failed']).orderBy('device_id'),
  )
  const forget = [
    statement<{ id: string }>(db)((slot) => query.deleteFrom('devices').where('id', '=', slot('id'))),
    statement<{ id: string }>(db)((slot) => query.deleteFrom('counters').where('device_id', '=', slot('id'))),
    statement<{ id: string }>(db)((slot) => query.deleteFrom('metrics').where('device_id', '=', slot('id'))),
  ]

  return {
    save: (device) => void save.run({ id: device.id, record: JSON.stringify(device) }),
    saveCounters: (counters) => void saveCounters.run({ ...counters }),
    remove: (id) => {
      for (const deletion of forget) deletion.run({ id })
    },
    all: () => all.all({}).map(deviceOf),
    allCounters: () => allCounters.all({}).map((row) => ({ ...row })),
  }
}
