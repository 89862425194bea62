/** The files that ends bear. */
import type { TaskArtifact } from '../../../schemas/artifact.ts'
import type { FinishedParams } from '../../../schemas/link.ts'

/** The files that an end bears. */
export const artifactsOf = ({ result }: FinishedParams): readonly TaskArtifact[] => result?.artifacts ?? []

/** Whether an end bears files, which the node has to have first. */
export const bearsFiles = (end: FinishedParams): boolean => artifactsOf(end).length > 0
