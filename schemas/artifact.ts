/** Files: content-addressed, by SHA-256. */
import { type Static, Type } from '@sinclair/typebox'
import { component, nullable, object } from './component.ts'
import { count, instant, list, text } from './primitives.ts'

/** A SHA-256 in lower-case hexadecimal (FIPS 180-4). */
export const Sha256 = text('SHA-256 of the content, lower-case hexadecimal.', 64, {
  minLength: 64,
  pattern: '^[0-9a-f]{64}$',
})

/** A stored file. */
export const Artifact = component(
  'Artifact',
  object('A stored file.', {
    sha256: Sha256,
    bytes: count('Its size.'),
    created_at: instant('When it was stored.'),
    expires_at: nullable(instant('When it goes, unless it is used till then.')),
  }),
)
/** A stored file. */
export type Artifact = Static<typeof Artifact>

/** The path of an operation on a file. */
export const ArtifactParams = Type.Object({ sha256: Sha256 }, { additionalProperties: false })

/** Hashes to be looked up. */
export const ArtifactQuery = component(
  'ArtifactQuery',
  object('Hashes to be looked up.', {
    sha256: Type.Array(Sha256, { description: 'The hashes.', minItems: 1, maxItems: 1000, uniqueItems: true }),
  }),
)
/** The hashes that are not stored here. */
export const ArtifactsMissing = component(
  'ArtifactsMissing',
  object('What is not stored here.', { missing: list(Sha256, 'The hashes.', 1000) }),
)
