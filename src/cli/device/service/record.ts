/** What an installation wrote, kept in the file of the service itself: by it the file is known as ours, and removed with the rest. */

/** In every format it stands in a comment; XML forbids two hyphens in one, so that they are written as JSON's code. */
const MARK = 'Written by retire-cluster-worker install-service, with '

/** The line that records the files of an installation besides the one in which it stands. */
export const recordOf = (files: readonly string[]): string =>
  `${MARK}${JSON.stringify(files).replace(/[^ -,.-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}`

const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'string')

/** The files that were written with a file of a service; undefined where it is not one of ours. */
export const recordedIn = (content: string): readonly string[] | undefined => {
  const start = content.indexOf(MARK)
  const [line = ''] = content.slice(start + MARK.length).split('\n')
  const end = line.lastIndexOf(']')
  if (start === -1 || end === -1) return undefined
  try {
    const files: unknown = JSON.parse(line.slice(0, end + 1))
    return isList(files) ? files : undefined
  } catch {
    // Somebody has changed the line: what was written is not known any more, and nothing is removed by guesses.
    return undefined
  }
}
