/** Whether files have room, as people are told: once each time that it changes, and whenever they ask for the health. */
import type { LogLevel } from '../../../schemas/index.ts'

/** What is known of the room of files. */
export interface FileRoom {
  /** A file was refused that would have taken so many bytes more. */
  refused(bytes: number): void
  /** A file of so many bytes was taken in. */
  taken(bytes: number): void
  /** So many bytes are free for files now, or would be. */
  looked(freeBytes: number): void
  /** Whether a file was refused that would be again. */
  isFull(): boolean
}

/** There is room as far as is known. @param tell - is called where that changes */
export const createFileRoom = (tell: (level: LogLevel, message: string) => void): FileRoom => {
  /** What the last file that was refused would have taken, bytes; 0: it would be taken in now. */
  let lacking = 0
  const regained = () => {
    lacking = 0
    tell('info', 'files have room again')
  }
  return {
    refused: (bytes) => {
      if (lacking === 0)
        tell('warning', 'files have no room: what unfinished tasks and batches name takes all, or the disk is full')
      lacking = bytes
    },
    taken: (bytes) => {
      if (lacking > 0 && bytes >= lacking) regained()
    },
    looked: (freeBytes) => {
      if (lacking > 0 && freeBytes >= lacking) regained()
    },
    isFull: () => lacking > 0,
  }
}
