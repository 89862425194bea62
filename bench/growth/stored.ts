/** Data directories that hold many finished tasks, as weeks of work would leave them. */
import { newTask } from '../../src/cluster/admission.ts'
import { newTaskId } from '../../src/cluster/identifiers.ts'
import type { Log } from '../../src/cluster/ports/log.ts'
import type { TaskRecord } from '../../src/cluster/ports/records.ts'
import type { Changes } from '../../src/cluster/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'

/** Tasks of one commit. */
const COMMIT = 1000

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const nothing: Changes = {
  ...{ tasks: [], devices: [], removedDevices: [], counters: [], events: [], logs: [], keys: [], removedKeys: [] },
  ...{ joinTokens: [], removedJoinTokens: [], revocations: [], liftedRevocations: [], audit: [], metrics: [] },
  answers: [],
}

const finishedTask = (sequence: number, endedMs: number): TaskRecord => {
  const submission = { task_type: 'echo', payload: { message: `number ${sequence}` } } as const
  const record = newTask(submission, { task_id: newTaskId(), sequence, original_task_id: null }, 3600, endedMs)
  const at = record.task.created_at
  return {
    ...record,
    ended_ms: endedMs,
    task: {
      ...record.task,
      status: 'completed',
      attempt: 1,
      started_at: at,
      completed_at: at,
      execution_time_seconds: 0.1,
    },
  }
}

/** Fills the store of a data directory that is not there yet. */
export const storeTasks = async (dataDir: string, count: number): Promise<void> => {
  const store = await openSqliteStore({ dataDir, log: silent })
  const now = Date.now()
  for (let from = 1; from <= count; from += COMMIT) {
    const length = Math.min(COMMIT, count - from + 1)
    await store.commit({ ...nothing, tasks: Array.from({ length }, (_, n) => finishedTask(from + n, now)) })
  }
  await store.close()
}
