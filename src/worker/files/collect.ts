/** Taking the outputs of a task out of its directory: what it named, where that is a file of its own, and nothing else. */
import { constants, type Stats } from 'node:fs'
import { lstat, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskArtifact } from '../../../schemas/artifact.ts'
import type { TaskErrorCode } from '../../../schemas/task.ts'
import { systemCode } from '../errors.ts'
import { hashOf } from './hashing.ts'
import type { Spool } from './spool.ts'

/** An output that cannot be taken. Its message is a sentence for who looks at the task. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly code: TaskErrorCode

  constructor(code: TaskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const missing = (name: string, cause?: unknown): OutputError =>
  new OutputError('TASK_OUTPUT_MISSING', `The task has left no file ${name}.`, { cause })

const strange = (name: string, what: string): OutputError =>
  new OutputError('TASK_ERROR', `The output ${name} cannot be taken: ${what}.`)

/** No link is followed, and nothing waits for the other end of a pipe. Windows, which has neither, syncs only what may be written. */
const READING =
  process.platform === 'win32' ? constants.O_RDWR : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const kindOf = (found: Stats): string => {
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isDirectory()) return 'a directory'
  return 'no regular file'
}

/** The path of an output, every part of which was looked at: links lead nowhere. */
const pathOf = async (directory: string, name: string): Promise<string> => {
  const parts = name.split('/')
  let path = directory
  for (const [index, part] of parts.entries()) {
    path = join(path, part)
    const found = await lstat(path).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw missing(name, error)
      throw error
    })
    const isLast = index === parts.length - 1
    if (isLast ? found.isFile() : found.isDirectory()) continue
    throw strange(
      name,
      isLast ? `it is ${kindOf(found)}` : `${parts.slice(0, index + 1).join('/')} is ${kindOf(found)}`,
    )
  }
  return path
}

/** Moves one output into the spool; its bytes are on the disk then. */
const take = async (directory: string, name: string, spooled: string): Promise<TaskArtifact> => {
  const path = await pathOf(directory, name)
  const file = await open(path, READING)
  try {
    const before = await file.stat()
    if (!before.isFile()) throw strange(name, 'it is no regular file')
    await file.chmod(0o600)
    const { hash, bytes } = await hashOf(file)
    const sha256 = hash.digest('hex')
    await file.sync()
    const target = join(spooled, sha256)
    await rename(path, target)
    // What the task has left running despite all might have put another in its place.
    const moved = await lstat(target)
    if (moved.ino !== before.ino || moved.dev !== before.dev) throw strange(name, 'it was changed meanwhile')
    return { name, sha256, bytes }
  } finally {
    await file.close()
  }
}

/**
 * Moves the outputs of an attempt into the spool, durably.
 * @param attempt - its name
 * @throws OutputError, or the error of the system
 */
export const collect = async (
  { attempt, directory, outputs }: { attempt: string; directory: string; outputs: readonly string[] },
  spool: Spool,
): Promise<TaskArtifact[]> => {
  if (outputs.length === 0) return []
  const spooled = await spool.open(attempt)
  const artifacts: TaskArtifact[] = []
  try {
    for (const name of outputs) artifacts.push(await take(directory, name, spooled))
    await spool.sync(attempt)
  } catch (error) {
    await spool.remove(attempt)
    throw error
  }
  return artifacts
}
