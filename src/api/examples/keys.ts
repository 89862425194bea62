/** Examples of API keys. */
import type { ApiKey, ApiKeyCreated, ApiKeyList, ApiKeyRemoved, ApiKeyRequest } from '../../../schemas/index.ts'

/** A key for a laptop. */
export const keyRequest = {
  name: 'laptop',
  scopes: ['read', 'write'],
  expires_at: '2099-12-31T23:59:59.999Z',
} satisfies ApiKeyRequest

const key: ApiKey = {
  id: 'key-4t0z9q2m1x',
  ...keyRequest,
  created_at: '2026-11-24T12:00:00.000Z',
  last_used_at: null,
}

/** The key as it is made: nobody sees its secret again. */
export const keyCreated: ApiKeyCreated = { key, secret: 'rck_kS0n0Cq1gX3y2vV8rJ7mZ5tB6wE4uA9dF1hL0pR3sQo' }

/** The keys of a cluster: the one of its first start, and the laptop's. */
export const keyList: ApiKeyList = {
  keys: [
    {
      id: 'key-0a7d3k5p9w',
      name: 'first key',
      scopes: ['read', 'write', 'admin'],
      created_at: '2026-11-23T09:30:00.000Z',
      expires_at: null,
      last_used_at: '2026-11-24T11:58:03.120Z',
    },
    key,
  ],
}

/** The laptop was sold. */
export const keyRemoved: ApiKeyRemoved = { removed_key: key.id }
