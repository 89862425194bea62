/** Conditional reads. */
import type { Call, Walk } from './walk.ts'

const ATTEMPTS = 10

/** Reads, and asks again with the tag of the answer; anew where the thing has changed in between (a heartbeat came). */
export const notModified = async (walk: Walk, id: string, call: Call = {}): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const { headers } = await walk.send(id, 200, call)
    const { etag = '' } = headers
    const { etag: now } = (await walk.send(id, 200, { ...call, method: 'HEAD' })).headers
    if (now !== etag && attempt < ATTEMPTS) continue
    await walk.send(id, 304, { ...call, headers: { 'If-None-Match': etag } })
    return
  }
}
