/** Which files a device may fetch and leave: those of the tasks that it holds, and no others. */
import { hashSecret } from '../identifiers.ts'
import type { FileGate } from '../ports/file-gate.ts'
import type { FileStore } from '../ports/files.ts'
import type { State } from '../state.ts'

/** The gate of a state and its files. */
export const createFileGate = ({
  state,
  files,
  maxFileBytes,
}: {
  readonly state: Pick<State, 'deviceOf' | 'assignedTo' | 'tasks'>
  readonly files: FileStore
  /** Bytes of one file at most. */
  readonly maxFileBytes: () => number
}): FileGate => ({
  admit: (credential) => {
    const credential_hash = hashSecret(credential)
    const device = state.deviceOf(credential_hash)
    if (device === undefined || device.status === 'pending_approval') return undefined
    const { id: device_id } = device

    /** The tasks that it holds; none where it was removed meanwhile. */
    const held = () => {
      if (state.deviceOf(credential_hash) === undefined) return []
      return [...state.assignedTo(device_id)].flatMap((task_id) => state.tasks.get(task_id)?.task ?? [])
    }

    return {
      device_id,
      mayRead: (sha256) => held().some(({ inputs }) => inputs.some((input) => input.sha256 === sha256)),
      mayWrite: () => held().some(({ outputs }) => outputs.length > 0),
      stat: (sha256) => files.stat(sha256),
      partial: (sha256) => files.partial(sha256),
      read: async (sha256, start) => {
        await files.touch([sha256])
        return files.read(sha256, start)
      },
      write: (writing) => files.write({ ...writing, maxBytes: maxFileBytes() }),
    }
  },
})
