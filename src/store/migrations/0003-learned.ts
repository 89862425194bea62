/** What the scheduler learns of a device is kept with it; of those that are there already nothing is known. */
import type { DatabaseSync } from 'node:sqlite'

/** Gives every device an empty memory. */
export const up = (db: DatabaseSync): void => {
  db.exec(`UPDATE devices SET record = json_set(
    record, '$.learned', json('{"programs":[],"lacks":[],"failures":0,"probation":null}'))`)
}
