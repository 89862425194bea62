/** A device that offers something else than before. */
import type { Offer } from '../../schemas/index.ts'
import { withoutLacks } from './learned.ts'
import type { DeviceRecord } from './ports/records.ts'
import { typesOf } from './requirements.ts'
import type { Transaction } from './unit-of-work.ts'

/** Keeps what a device offers from now on, and logs which types are new or gone. */
export const changeOffer = (tx: Transaction, record: DeviceRecord, offer: Offer): void => {
  const before = typesOf(record.offer)
  const after = typesOf(offer)
  // It may run now what it rejected before.
  tx.putDevice({ ...record, offer, learned: withoutLacks(record.learned) })
  tx.log('info', {
    component: 'device_registry',
    device_id: record.id,
    task_id: null,
    message: `device ${record.id} has changed what it offers`,
    details: {
      added_types: after.filter((type) => !before.includes(type)),
      removed_types: before.filter((type) => !after.includes(type)),
    },
  })
}
