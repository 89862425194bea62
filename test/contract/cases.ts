/** The table of the walk: each operation of the document with what is asked of it, in the order in which it is asked. */
import { accessCases } from './access-cases.ts'
import { artifactCases } from './artifact-cases.ts'
import { clusterCases } from './cluster-cases.ts'
import { deviceCases } from './device-cases.ts'
import type { Scene } from './scene.ts'
import { taskCases } from './task-cases.ts'
import type { Walk } from './walk.ts'

/** `operationId` → its cases. */
export type Cases = Readonly<Record<string, (walk: Walk, scene: Scene) => Promise<void>>>

const { removeDevice, ...others } = deviceCases

/** Every operation. Removal is the last: other cases need what it removes. */
export const cases: Cases = {
  ...clusterCases,
  ...taskCases,
  ...artifactCases,
  ...accessCases,
  ...others,
  ...(removeDevice && { removeDevice }),
}
