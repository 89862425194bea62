/** The start of an attempt on its way to the node: told once, and before anything else that the attempt says. */

/** A start on its way. */
export interface StartWord {
  /** Tells it, unless it is told already. */
  tell(): void
  isTold(): boolean
}

/** A start that nobody was told of yet. */
export const createStartWord = (tellNode: () => void): StartWord => {
  let isTold = false
  return {
    tell: () => {
      if (isTold) return
      isTold = true
      tellNode()
    },
    isTold: () => isTold,
  }
}
