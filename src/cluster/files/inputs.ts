/** What tasks take: their inputs are stored when they come in, and stay until they are final. */
import { MOST_ISSUES, type TaskSubmission, type ValidationIssue } from '../../../schemas/index.ts'
import { ClusterError } from '../errors.ts'
import type { FileStore } from '../ports/files.ts'
import type { FileHolds } from './holds.ts'

/** Which of the files that are looked at are not here. */
export type MissingFiles = ReadonlySet<string>

/** Looks at files. */
export interface FileLook {
  /** Does `work` with what is missing of these files. What is not missing counts as used, and stays until `work` is over. */
  during<T>(sha256: Iterable<string>, work: (missing: MissingFiles) => Promise<T>): Promise<T>
}

/** A look at these files. */
export const createFileLook = (files: FileStore, holds: FileHolds): FileLook => ({
  during: async (sha256, work) => {
    const asked = [...new Set(sha256)]
    if (asked.length === 0) return work(new Set())
    const letGo = await holds.hold(asked)
    try {
      const missing = new Set<string>()
      for (const one of asked) if ((await files.stat(one)) === undefined) missing.add(one)
      await files.touch(asked.filter((one) => !missing.has(one)))
      return await work(missing)
    } finally {
      letGo()
    }
  },
})

/** The files that submissions take. */
export function* filesOf(submissions: Iterable<Pick<TaskSubmission, 'inputs'>>): Generator<string> {
  for (const { inputs = [] } of submissions) for (const { sha256 } of inputs) yield sha256
}

/** What is wrong with the names: each is a file of the same directory, and none is both a file and a directory. */
const nameIssues = (names: readonly string[]): ValidationIssue[] => {
  const isFile = new Set<string>()
  const isDirectory = new Set<string>()
  return names.flatMap((name, index) => {
    const parts = name.split('/')
    const parents = parts.slice(1).map((_part, depth) => parts.slice(0, depth + 1).join('/'))
    const clash = isFile.has(name) || isDirectory.has(name) || parents.some((parent) => isFile.has(parent))
    isFile.add(name)
    for (const parent of parents) isDirectory.add(parent)
    const message = 'must differ from the names of the other inputs, and none may lie below another'
    return clash ? [{ in: 'body', path: `/inputs/${index}/name`, message }] : []
  })
}

/**
 * Refuses inputs that could not be put into one directory, or are not here.
 * @throws ClusterError `VALIDATION_ERROR`
 */
export const checkInputs = ({ inputs = [] }: Pick<TaskSubmission, 'inputs'>, missing: MissingFiles): void => {
  const absent = inputs.flatMap(({ sha256 }, index): ValidationIssue[] => {
    if (!missing.has(sha256)) return []
    const message = 'must be the SHA-256 of a file that is stored here: send it to POST /api/v1/artifacts first'
    return [{ in: 'body', path: `/inputs/${index}/sha256`, message }]
  })
  const issues = [...nameIssues(inputs.map(({ name }) => name)), ...absent].slice(0, MOST_ISSUES)
  const [first] = issues
  if (first !== undefined)
    throw new ClusterError('VALIDATION_ERROR', { reason: `${first.path} ${first.message}`, issues })
}

/**
 * Refuses to repeat a task whose inputs have gone.
 * @throws ClusterError `ARTIFACT_NOT_FOUND`
 */
export const checkKept = ({ inputs = [] }: Pick<TaskSubmission, 'inputs'>, missing: MissingFiles): void => {
  const gone = inputs.find(({ sha256 }) => missing.has(sha256))
  if (gone !== undefined) throw new ClusterError('ARTIFACT_NOT_FOUND', { sha256: gone.sha256 })
}
