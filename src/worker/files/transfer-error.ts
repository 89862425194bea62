/** Why a file could not be moved between the device and its node, where that is more than a connection that broke. */

/**
 * `missing`: the node has no such file. `forbidden`: this device may not have or give it, now or at all. `damaged`: its bytes
 * are others than its hash says. `too_large`: the node takes no file of that size. `node_full`: the node has no room.
 * `device_full`: this device has none. `device_disk`: its disk fails otherwise. `busy`: the node has as many transfers of this device as it takes at a time.
 * `unexpected`: the node says what a device does not know.
 */
export type TransferProblem =
  | 'missing'
  | 'forbidden'
  | 'damaged'
  | 'too_large'
  | 'node_full'
  | 'device_full'
  | 'device_disk'
  | 'busy'
  | 'unexpected'

/** A transfer that failed. Its message says of which file, in a sentence without its end. */
export class TransferError extends Error {
  override readonly name = 'TransferError'
  readonly problem: TransferProblem

  constructor(problem: TransferProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}
