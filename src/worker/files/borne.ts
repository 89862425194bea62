/** Which files an end bears: they decide how it is kept, and how it is sent. */
import type { TaskArtifact } from '../../../schemas/artifact.ts'
import type { FinishedParams } from '../../../schemas/link.ts'

/** Their names and hashes, as the end tells them. */
export const artifactsOf = ({ result }: FinishedParams): readonly TaskArtifact[] => result?.artifacts ?? []

/** Whether an end bears files, which the node has to have first. */
export const bearsFiles = (end: FinishedParams): boolean => artifactsOf(end).length > 0
