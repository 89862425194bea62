/** Conditional reads. */
import { ask } from './ask.ts'
import type { Call, Walk } from './walk.ts'

const ATTEMPTS = 10

/** Reads, and asks again with the tag of the answer; anew where the thing has changed in between (a heartbeat came). */
export const notModified = async (walk: Walk, id: string, call: Call = {}): Promise<void> => {
  const asAsked = { method: 'GET', path: walk.pathOf(id, call) }
  for (let attempt = 1; ; attempt += 1) {
    const { headers } = await walk.send(id, 200, call)
    const { etag = '' } = headers
    const { etag: now } = (await walk.send(id, 200, { ...call, method: 'HEAD' })).headers
    const conditional = { ...walk.headers, ...call.headers, 'If-None-Match': etag }
    const received = await ask(walk.url, { ...asAsked, headers: conditional })
    if ((now !== etag || received.status === 200) && attempt < ATTEMPTS) continue
    walk.t.equal(received.status, 304, `${id} is not modified`)
    walk.t.same(walk.law.faultsOf(walk.operation(id), received, asAsked), [], `${id} answers 304 as documented`)
    walk.saw(id, 304)
    return
  }
}
