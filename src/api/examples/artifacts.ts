/** Examples of files: one of five bytes, from its upload to its removal. */
import type { Artifact, ArtifactQuery, ArtifactRemoved, ArtifactsMissing } from '../../../schemas/index.ts'

/** What is in it. */
export const artifactText = 'hello'

const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

/** It is stored. */
export const artifact: Artifact = {
  sha256,
  bytes: 5,
  used_at: '2026-11-24T12:00:00.000Z',
  expires_at: '2026-12-01T12:00:00.000Z',
}

/** Which of two are here? */
export const artifactQuery: ArtifactQuery = {
  sha256: [sha256, '486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7'],
}

/** The second is not, but for its beginning. */
export const artifactsMissing: ArtifactsMissing = {
  missing: ['486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7'],
  partial: [{ sha256: '486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7', bytes: 3 }],
}

/** It is gone. */
export const artifactRemoved: ArtifactRemoved = { removed_artifact: sha256, bytes: 5 }
