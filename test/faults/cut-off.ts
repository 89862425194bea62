/** Requests that are cut off by the end of the server, and the moment for it. */
import { statSync } from 'node:fs'
import type { Success } from '../../schemas/index.ts'

/** What a client saw of its request: the answer, or that none came. */
export type Seen<T> = { readonly status: number; readonly isReplay: boolean; readonly data: T } | undefined

/** Submits under a key, as a client does that may be cut off. */
export const submit = async <T>(
  { url }: { readonly url: string },
  path: string,
  body: object,
  key: string,
): Promise<Seen<T>> => {
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    })
    const { data } = (await response.json()) as Success<T>
    const isReplay = response.headers.get('idempotency-replayed') === 'true'
    return { status: response.status, isReplay, data }
  } catch {
    return undefined
  }
}

/** Resolves at the first write to a file. */
export const written = async (file: string): Promise<void> => {
  const at = () => statSync(file, { bigint: true }).mtimeNs
  const before = at()
  const deadline = performance.now() + 20_000
  while (at() === before) {
    if (performance.now() > deadline) throw new Error(`nothing was written to ${file}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
