/** The files that the tasks of a batch left, as one archive. */
import type { TaskArtifact } from '../../../schemas/index.ts'
import { tarEnd, tarHeader, tarPadding } from '../../archive/tar.ts'
import type { ArtifactOperations, TaskFiles } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/errors.ts'

/** Tasks that are looked up at a time: with all the files that they may have left, a few MiB. */
const PAGE = 100

/** What tells of files that have expired: no other entry is without a task. */
const MISSING = 'MISSING.txt'

/** What is archived. */
export type ArchivedBatch = {
  readonly artifacts: Pick<ArtifactOperations, 'ofBatch' | 'open'>
  readonly batch_id: string
  /** Only tasks that were taken in after this one; null: all. */
  readonly after: string | null
}

/** The first page, so that what is wrong with the request is told before an archive begins. Errors: as of `ofBatch`. */
export const firstPage = ({ artifacts, batch_id, after }: ArchivedBatch): Promise<readonly TaskFiles[]> =>
  artifacts.ofBatch({ batch_id, after, limit: PAGE })

async function* allTasks(batch: ArchivedBatch, first: readonly TaskFiles[]): AsyncGenerator<TaskFiles> {
  const { artifacts, batch_id } = batch
  for (let page = first; ;) {
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    page = await artifacts.ofBatch({ batch_id, after: last.task_id, limit: PAGE })
  }
}

/** Opens a file; undefined where it is no longer kept. */
const opened = async ({ artifacts }: ArchivedBatch, { sha256 }: TaskArtifact) => {
  try {
    return await artifacts.open({ sha256, start: 0 })
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'ARTIFACT_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * The archive, piece by piece: `TASK_ID/NAME` for each file of each completed task, in the order in which the tasks were taken in.
 * Names come from tasks whose schema lets none out of its directory. Where files have expired, a last entry lists them.
 */
export async function* batchArchive(
  batch: ArchivedBatch,
  first: readonly TaskFiles[],
): AsyncGenerator<Buffer, void, undefined> {
  const missing: string[] = []
  let mtimeSeconds = 0
  for await (const { task_id, completed_at, artifacts } of allTasks(batch, first)) {
    mtimeSeconds = Math.floor(Date.parse(completed_at) / 1000)
    for (const artifact of artifacts) {
      const path = `${task_id}/${artifact.name}`
      const file = await opened(batch, artifact)
      if (file === undefined) {
        missing.push(`${artifact.sha256}  ${path}\n`)
        continue
      }
      const { bytes: size } = file.artifact
      try {
        yield tarHeader({ path, size, mtimeSeconds })
        for await (const piece of file.body) yield piece as Buffer
      } finally {
        // Whoever stops at the header has not begun to read it.
        file.body.destroy()
      }
      yield tarPadding(size)
    }
  }
  if (missing.length > 0) {
    const text = Buffer.from(missing.join(''))
    yield tarHeader({ path: MISSING, size: text.length, mtimeSeconds })
    yield text
    yield tarPadding(text.length)
  }
  yield tarEnd
}
