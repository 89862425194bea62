/** Requests that are not torn off: one that is given up may be let in all the same, behind the back of whoever undoes what it knows of. */
import type { CallOptions } from './connection.ts'

/** How long an answer is waited for after the caller has given up, milliseconds. */
const SETTLING_MS = 5_000

/** The caller has given up, and no answer said whether it was done; the cause is the reason for which it gave up. */
export class Unsettled extends Error {
  override readonly name = 'Unsettled'

  constructor(reason: unknown) {
    super('It was given up before an answer came, and may be done all the same.', { cause: reason })
  }
}

/**
 * Asks for something that is to be undone where the caller gives up meanwhile: its answer is then waited for all the same.
 * @param ask - makes the request, by a call that lasts a while longer than that of the caller
 * @throws Unsettled where no answer came in that time either; the reason of the signal where it was aborted before
 */
export const settled = async <T>(
  { signal, ...call }: CallOptions,
  ask: (call: CallOptions) => Promise<T>,
): Promise<T> => {
  if (signal === undefined) return ask(call)
  signal.throwIfAborted()
  const patience = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const giveUp = () => {
    timer = setTimeout(() => patience.abort(new Unsettled(signal.reason)), SETTLING_MS)
  }
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await ask({ ...call, signal: patience.signal })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
