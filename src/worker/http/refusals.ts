/** Why a request is not made. Both messages are sentences for whoever submitted the task. */

/** A request that cannot be made, or an answer that cannot be followed, whatever the device. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

/** An address that this device does not let tasks speak to; another may. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}
