/** The calls of calls.ts for files. */
import { artifact, artifactQuery, artifactRemoved, artifactsMissing } from '../../src/api/examples/artifacts.ts'

/** Operation, request, what the cluster gets, and the `data` that comes back. */
export const artifactCalls = [
  [
    'findMissingArtifacts',
    'POST',
    '/api/v1/artifacts/missing',
    artifactQuery,
    'artifacts.missing',
    artifactQuery,
    artifactsMissing,
  ],
  [
    'removeArtifact',
    'DELETE',
    `/api/v1/artifacts/${artifact.sha256}`,
    undefined,
    'artifacts.remove',
    { sha256: artifact.sha256 },
    artifactRemoved,
  ],
  [
    'storeArtifact',
    'POST',
    `/api/v1/artifacts?sha256=${artifact.sha256}&offset=3`,
    undefined,
    'artifacts.store',
    { sha256: artifact.sha256, offset: 3 },
    artifact,
  ],
] as const
