/** What the document says of nearly every operation alike: these cases follow from it alone. */
import type { ErrorCode } from '../../schemas/index.ts'
import type { DocumentedOperation } from './document.ts'
import type { Call, Walk } from './walk.ts'

/** CONTRACT.md §3: the largest body, and the largest of a batch. */
const BODY_LIMIT = 2 * 1024 * 1024
const BATCH_LIMIT = 16 * 1024 * 1024

/** 16 MiB beyond what a body may have are waited for, read and dropped (CONTRACT.md §2): of a batch more is announced, so that none has to be sent. */
const tooLarge = ({ id }: DocumentedOperation): Call =>
  id === 'submitBatch' ? { announcedBytes: 2 * BATCH_LIMIT + 1 } : { rawBody: 'x'.repeat(BODY_LIMIT + 1) }

const refusals: Partial<Record<ErrorCode, (operation: DocumentedOperation) => Call>> = {
  VALIDATION_ERROR: ({ hasBody }) => ({ query: { no_such_parameter: '1' }, ...(hasBody ? { body: {} } : {}) }),
  AUTHENTICATION_REQUIRED: () => ({ headers: { 'X-API-Key': 'no-such-key' } }),
  PERMISSION_DENIED: () => ({ headers: { Host: 'rebound.example' } }),
  NOT_ACCEPTABLE: () => ({ headers: { Accept: 'image/png' } }),
  UNSUPPORTED_MEDIA_TYPE: ({ takesBytes }) => ({
    headers: { 'Content-Type': takesBytes ? 'multipart/form-data; boundary=x' : 'text/plain' },
    rawBody: 'text',
  }),
  PAYLOAD_TOO_LARGE: tooLarge,
}

/** A call that is refused tells it in both languages, and a `GET` has its `HEAD`. `params`: of things that exist. */
export const commonCases = async (walk: Walk, operation: DocumentedOperation, params: Record<string, string>) => {
  const { id, method, answers, media } = operation
  for (const [code, callOf] of Object.entries(refusals) as [ErrorCode, (operation: DocumentedOperation) => Call][]) {
    if (!answers.includes(code)) continue
    // A file may be as large as the config says: artifact-cases.ts.
    if (code === 'PAYLOAD_TOO_LARGE' && operation.takesBytes) continue
    // Of the others, what a key may not do: contract.test.ts.
    if (code === 'PERMISSION_DENIED' && !operation.isOpen) continue
    const call = { params, ...callOf(operation) }
    const { message } = await walk.refuse(id, code, call)
    if (code !== 'VALIDATION_ERROR') continue
    const chinese = await walk.refuse(id, code, { ...call, headers: { ...call.headers, 'Accept-Language': 'zh-CN' } })
    walk.t.match(chinese.message, /[\u4e00-\u9fff]/, `${id} speaks Chinese where it is asked to`)
    walk.t.notMatch(message, /[\u4e00-\u9fff]/)
  }
  if (method !== 'GET') return
  const head = await walk.send(id, 200, { params, method: 'HEAD' })
  walk.t.match(head.headers['content-type'], media, `HEAD of ${id} tells the media type`)
}
