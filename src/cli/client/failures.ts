/** How the client ends badly (CONTRACT.md §8): 1 the API said no, 3 it could not be reached, 4 the awaited task failed. */
import { Failure } from '../failure.ts'

/** The API answered with an error of the contract. */
export class Refusal extends Failure {
  override readonly name = 'Refusal'
  constructor(message: string) {
    super(1, message)
  }
}

/** There is no API at that address. */
export class Unreachable extends Failure {
  override readonly name = 'Unreachable'
  constructor(message: string, options?: ErrorOptions) {
    super(3, message, options)
  }
}
