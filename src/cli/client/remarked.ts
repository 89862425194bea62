/** An error of the API or the connection, and what is good to know besides. */

/** The message is the remark, a sentence that follows the one on the cause. */
export class Remarked extends Error {
  override readonly name: string = 'Remarked'

  constructor(remark: string, cause: unknown) {
    super(remark, { cause })
  }
}
