/** Who may do what: API keys, join tokens, the audit log. */
import { type Static, Type } from '@sinclair/typebox'
import { SHA256_PATTERN } from './artifact.ts'
import { component, described, nullable, object, oneOf } from './component.ts'
import {
  anyObject,
  count,
  cursorQuery,
  id,
  instant,
  instantGiven,
  instantQuery,
  integer,
  list,
  text,
} from './primitives.ts'
import { Role, Tags } from './device.ts'

/** What a key may do; none implies another (CONTRACT.md §4). */
export const scopes = ['read', 'write', 'admin'] as const
/** A scope. */
export const Scope = component(
  'Scope',
  oneOf(scopes, 'read: look; write: submit, cancel, retry, ping; admin: config, removal, keys, join tokens, audit.'),
)
/** A scope. */
export type Scope = Static<typeof Scope>

/** How many keys a cluster keeps at most. */
export const MOST_KEYS = 10_000

/** The example of an end: one that is refused for having passed would be none. */
const KEY_END = '2099-12-31T23:59:59Z'

const scopeList = Type.Array(Scope, {
  description: 'What the key may do; none implies another.',
  minItems: 1,
  maxItems: 3,
  uniqueItems: true,
})

/** An API key, without its secret. */
export const ApiKey = component(
  'ApiKey',
  object('An API key. Its secret is kept hashed, and never shown again.', {
    id: id('The id of the key.'),
    name: text('A name for people.', 128),
    scopes: scopeList,
    created_at: instant('When it was made.'),
    expires_at: nullable(instant('When it ends; null for never.')),
    last_used_at: nullable(
      instant('When it was last used, to the minute: a use less than a minute after the one that is noted is not.'),
    ),
  }),
)
/** An API key. */
export type ApiKey = Static<typeof ApiKey>

/** A key to be made. */
export const ApiKeyRequest = component(
  'ApiKeyRequest',
  object(
    'A key to be made.',
    {
      name: text('A name for people.', 128, { minLength: 1 }),
      scopes: scopeList,
      expires_at: Type.Optional(instantGiven('When it should end: an instant to come. When absent: never.', KEY_END)),
    },
    { examples: [{ name: 'laptop', scopes: ['read', 'write'] }] },
  ),
)
/** A key to be made. */
export type ApiKeyRequest = Static<typeof ApiKeyRequest>

/** A new key with its secret. */
export const ApiKeyCreated = component(
  'ApiKeyCreated',
  object('A new key. The secret is shown this once.', { key: ApiKey, secret: text('The key itself.', 256) }),
)
/** A new key with its secret. */
export type ApiKeyCreated = Static<typeof ApiKeyCreated>

/** All keys. */
export const ApiKeyList = component(
  'ApiKeyList',
  object('All keys that the cluster keeps, the oldest first, without their secrets.', {
    keys: list(ApiKey, 'The keys; those that have expired stay until they are removed.', MOST_KEYS),
  }),
)
/** All keys. */
export type ApiKeyList = Static<typeof ApiKeyList>

/** The path of an operation on a key. */
export const ApiKeyParams = Type.Object({ key_id: id('The id of the key.') }, { additionalProperties: false })
/** The answer to a removal. */
export const ApiKeyRemoved = component(
  'ApiKeyRemoved',
  object('The key is gone, at once.', { removed_key: id('The key.') }),
)
/** The answer to a removal. */
export type ApiKeyRemoved = Static<typeof ApiKeyRemoved>

/** How many join tokens a cluster keeps at most. */
export const MOST_JOIN_TOKENS = 10_000
/** A join token that names no end lasts a day, seconds: it is pasted soon, or never. */
export const JOIN_TOKEN_SECONDS = 86_400

const tokenTags = described(Tags, 'Tags that its devices get, beside those that they name themselves.')

/** A join token, without its secret. */
export const JoinToken = component(
  'JoinToken',
  object('A token with which devices join. Its secret is kept hashed, and never shown again.', {
    id: id('The id of the token.'),
    tags: tokenTags,
    role: nullable(described(Role, 'The role that its devices get; null for the one that each names itself.')),
    auto_approve: Type.Boolean({
      description:
        'True: who joins with it needs no approval, also where the node requires one (`--require-approval`).',
    }),
    created_at: instant('When it was made.'),
    expires_at: nullable(instant('When it ends; null for never.')),
    max_uses: nullable(integer('How many devices may join with it; null for any number.', 1, 1_000_000)),
    uses: count('How many did.'),
  }),
)
/** A join token. */
export type JoinToken = Static<typeof JoinToken>

/** A join token to be made. */
export const JoinTokenRequest = component(
  'JoinTokenRequest',
  object(
    'A join token to be made.',
    {
      tags: Type.Optional(tokenTags),
      role: Type.Optional(
        described(Role, 'The role that its devices get. When absent: the one that each names itself.'),
      ),
      auto_approve: Type.Optional(
        Type.Boolean({
          description: 'Let in who joins with it, also where the node requires approval. When absent: false.',
        }),
      ),
      expires_in: Type.Optional(integer(`Seconds until it ends. When absent: ${JOIN_TOKEN_SECONDS}.`, 60, 31_536_000)),
      max_uses: Type.Optional(integer('How many devices may join with it. When absent: any number.', 1, 1_000_000)),
    },
    { examples: [{ tags: ['lab'], max_uses: 30, expires_in: 3600 }] },
  ),
)
/** A join token to be made. */
export type JoinTokenRequest = Static<typeof JoinTokenRequest>

/** A new join token with its secret. */
export const JoinTokenCreated = component(
  'JoinTokenCreated',
  object('A new join token. The secret is shown this once.', {
    join_token: JoinToken,
    secret: text('The token as a worker takes it (`--token`): with the fingerprint of the node behind a dot.', 256),
    command: text('The line to paste on the device. It lists the nodes, where the cluster has several.', 4096),
    join_url: text(
      'The page of the node that has the line for a device with a browser. The token stands behind `#`, which browsers send to nobody.',
      1024,
    ),
  }),
)
/** A new join token with its secret. */
export type JoinTokenCreated = Static<typeof JoinTokenCreated>

/** All join tokens. */
export const JoinTokenList = component(
  'JoinTokenList',
  object('All join tokens that were made, the oldest first, without their secrets.', {
    join_tokens: list(
      JoinToken,
      'The tokens; those that have expired or are used up stay until they are removed, or others need their room.',
      MOST_JOIN_TOKENS,
    ),
  }),
)
/** All join tokens. */
export type JoinTokenList = Static<typeof JoinTokenList>

/** The path of an operation on a join token. */
export const JoinTokenParams = Type.Object({ join_id: id('The id of the token.') }, { additionalProperties: false })
/** The answer to a removal. */
export const JoinTokenRemoved = component(
  'JoinTokenRemoved',
  object('Nobody can join with it any more. Devices that did stay.', { removed_join_token: id('The token.') }),
)
/** The answer to a removal. */
export type JoinTokenRemoved = Static<typeof JoinTokenRemoved>

/** The `operation` of a refusal on a path that is none of the API's. */
export const NO_OPERATION = 'none'

/** One line of the audit log. */
export const AuditEntry = component(
  'AuditEntry',
  object('Who did what to what. Each line holds the hash of the one before it.', {
    sequence: count('Its number.'),
    timestamp: instant('When.'),
    key_id: nullable(id('The key; null where auth is off, and where the key was none of ours.')),
    address: text('The address that it came from; `console` where it was done on the machine of the node.', 128),
    operation: text('The operationId; `none` where the path is none of the API’s.', 64),
    target: nullable(text('The id of what it was done to; null of many, which stand in `details`, and of none.', 256)),
    outcome: integer('The HTTP status of the answer.', 100, 599),
    details: anyObject(
      'More: `request_id`; `targets`, the first 100 of many, and their `count`; `code` of a refusal; `left_out_before`, how many refusals were not written since the line before, as there were more than 60 in a minute.',
    ),
    hash: text(
      'SHA-256, hexadecimal, over the hash of the line before (of the first, 64 zeros), a line feed, and the line without its hash as canonical JSON (RFC 8785).',
      64,
      {
        pattern: SHA256_PATTERN,
      },
    ),
  }),
)
/** One line of the audit log. */
export type AuditEntry = Static<typeof AuditEntry>

/** Where a chain goes on from. */
export const AuditAnchor = component(
  'AuditAnchor',
  object('The last line that has aged out.', {
    sequence: count('Its number.'),
    hash: text('Its hash.', 64, { pattern: SHA256_PATTERN }),
  }),
)
/** Where a chain goes on from. */
export type AuditAnchor = Static<typeof AuditAnchor>

/** What somebody does, for the audit log: a line of it but for its place, and for what the answer will tell. */
export const Deed = Type.Object(
  {
    key_id: nullable(id('The key.')),
    address: text('Where it comes from.', 128),
    operation: text('The operationId.', 64),
    target: nullable(text('The id of what it is done to, where the caller knows it.', 256)),
    target_at: nullable(text('Where the answer tells what it was done to, as a JSON pointer (RFC 6901).', 64)),
    outcome: integer('The HTTP status of the answer; of a change, where it succeeds.', 100, 599),
    details: anyObject('More.'),
  },
  { additionalProperties: false },
)
/** What somebody does. */
export type Deed = Static<typeof Deed>

/** One page of the audit log. */
export const AuditList = component(
  'AuditList',
  object('One page of the audit log, newest first.', {
    entries: list(AuditEntry, 'The lines of this page.', 1000),
    total: count('Lines that match.'),
    anchor: nullable(
      described(AuditAnchor, 'The last line that has aged out: the oldest goes on from it; null where none has.'),
    ),
    next_cursor: nullable(text('Send it as `cursor` for the next page; null on the last one.', 512)),
  }),
)
/** One page of the audit log. */
export type AuditList = Static<typeof AuditList>
/** The query string of the audit log. */
export const AuditListQuery = Type.Object(
  {
    key_id: Type.Optional(id('Only lines of this key.')),
    operation: Type.Optional(id('Only lines of this operation.')),
    since: Type.Optional(instantQuery('Only lines at or after this instant.')),
    until: Type.Optional(instantQuery('Only lines before this instant.')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Lines a page.' })),
    cursor: Type.Optional(cursorQuery()),
  },
  { additionalProperties: false },
)
/** The query string of the audit log. */
export type AuditListQuery = Static<typeof AuditListQuery>
