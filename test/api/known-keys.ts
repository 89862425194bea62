/** Keys that a test makes up, and who knows them. */
import type { ApiKey, Scope } from '../../schemas/index.ts'
import type { Authenticator } from '../../src/api/security/keys.ts'

/** A key that never ends. */
export const keyOf = (id: string, scopes: readonly Scope[]): ApiKey => ({
  id,
  name: id,
  scopes: [...scopes],
  created_at: '2026-11-24T12:00:00.000Z',
  expires_at: null,
  last_used_at: null,
})

/** Knows these keys by their secrets. */
export const knowing = (keys: Readonly<Record<string, ApiKey>>): Authenticator => ({
  authenticate: (secret) => Promise.resolve(keys[secret] ?? null),
  watch: () => () => undefined,
})
