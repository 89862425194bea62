/** Cases of the operations on who may do what. */
import type { ApiKeyCreated, ApiKeyList, AuditList, JoinTokenCreated, JoinTokenList } from '../../schemas/index.ts'
import type { Cases } from './cases.ts'

const guest = { name: 'guest', scopes: ['read'], expires_at: '2099-12-31T23:59:59.000Z' }

/** By operation. */
export const accessCases: Cases = {
  createKey: async ({ succeed, refuse, send, t }) => {
    const { key, secret } = await succeed<ApiKeyCreated>('createKey', 201, { body: guest })
    t.match(key, { ...guest, last_used_at: null })
    await send('listTasks', 200, { headers: { 'X-API-Key': secret } })
    await refuse('createKey', 'PERMISSION_DENIED', { body: guest, headers: { 'X-API-Key': secret } })
  },
  listKeys: async ({ succeed, t }) => {
    const { keys } = await succeed<ApiKeyList>('listKeys', 200)
    t.match(keys, [{ name: 'guest', last_used_at: /Z$/ }])
  },
  removeKey: async ({ succeed, refuse, t }) => {
    const make = (body: object) => succeed<ApiKeyCreated>('createKey', 201, { body })
    const { key, secret } = await make(guest)
    const params = { key_id: key.id }
    t.same(await succeed('removeKey', 200, { params }), { removed_key: key.id })
    await refuse('listTasks', 'AUTHENTICATION_REQUIRED', { headers: { 'X-API-Key': secret } })
    await refuse('removeKey', 'NOT_FOUND', { params })
    const last = await make({ name: 'administrator', scopes: ['admin'] })
    await refuse('removeKey', 'PERMISSION_DENIED', { params: { key_id: last.key.id } })
  },
  createJoinToken: async ({ succeed, refuse, t }, { nodes }) => {
    const body = { tags: ['lab'], role: 'mobile', auto_approve: true, expires_in: 3600, max_uses: 30 }
    const { join_token, secret, command, join_url } = await succeed<JoinTokenCreated>('createJoinToken', 201, { body })
    t.match(join_token, { tags: ['lab'], role: 'mobile', auto_approve: true, max_uses: 30, uses: 0 })
    // Where there are several nodes, the line names them all.
    const addresses = Array.from({ length: nodes }, () => String.raw`127\.0\.0\.1:\d+`).join()
    const named = nodes === 1 ? '' : ` --join '${addresses}'`
    t.match(command, new RegExp(String.raw` \| sh -s -- ${secret}${named}$`))
    t.match(join_url, new RegExp(`^http://127\\.0\\.0\\.1:\\d+/join#${secret}$`))
    await succeed('createJoinToken', 201, { body: {} })
    await refuse('createJoinToken', 'VALIDATION_ERROR', { body: { ...body, expires_in: 1 } })
  },
  listJoinTokens: async ({ succeed, t }) => {
    const { join_tokens } = await succeed<JoinTokenList>('listJoinTokens', 200)
    t.match(join_tokens, [
      { tags: ['lab'], uses: 0 },
      { tags: [], role: null, auto_approve: false, max_uses: null },
    ])
    t.notMatch(JSON.stringify(join_tokens), 'rcj_')
  },
  removeJoinToken: async ({ succeed, refuse, t }) => {
    const { join_token } = await succeed<JoinTokenCreated>('createJoinToken', 201, { body: {} })
    const params = { join_id: join_token.id }
    t.same(await succeed('removeJoinToken', 200, { params }), { removed_join_token: join_token.id })
    await refuse('removeJoinToken', 'NOT_FOUND', { params })
  },
  listAudit: async ({ succeed, refuse, t }) => {
    const filtered = { operation: 'removeKey', limit: '1' }
    const { entries, total, next_cursor } = await succeed<AuditList>('listAudit', 200, { query: filtered })
    t.match(entries, [{ operation: 'removeKey', address: '127.0.0.1' }])
    t.ok(total > 1)
    const query = { ...filtered, cursor: next_cursor ?? '' }
    t.equal((await succeed<AuditList>('listAudit', 200, { query })).entries.length, 1)
    await refuse('listAudit', 'VALIDATION_ERROR', { query: { ...query, operation: 'createKey' } })
  },
}
