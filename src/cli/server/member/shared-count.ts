/** Requests are counted by the node that schedules, so that a budget holds over all of them. */
import { createWindows } from '../../../api/limits/windows.ts'
import type { Count } from '../../../cluster/ports/counting.ts'
import type { Seat } from '../../../link/cluster/seat.ts'

/** Counts where the seat is; while nobody is there, or reached, by this node alone: nobody is refused for that. It does not reject. */
export const sharedCount = (seat: Pick<Seat, 'occupant'>): Count => {
  const alone = createWindows().add
  return (...counted) => {
    const count = seat.occupant()?.count ?? alone
    const sum = count(...counted)
    return sum instanceof Promise ? sum.catch(() => alone(...counted)) : sum
  }
}
