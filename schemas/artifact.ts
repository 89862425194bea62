/** Files: stored by what they contain, named by tasks as what they take and what they leave. */
import { type Static, Type } from '@sinclair/typebox'
import { component, described, object } from './component.ts'
import { count, instant, list, MAX_SAFE, text } from './primitives.ts'

/** What a SHA-256 is written as. */
export const SHA256_PATTERN = '^[0-9a-f]{64}$'

/** A SHA-256 in lower-case hexadecimal (FIPS 180-4). */
export const Sha256 = text('SHA-256 of the content, lower-case hexadecimal.', 64, {
  minLength: 64,
  pattern: SHA256_PATTERN,
})

const sha256 = new RegExp(SHA256_PATTERN)

/** Whether a text is a SHA-256 as files are known by. */
export const isSha256 = (text: string): boolean => sha256.test(text)

/** What a part of a file name is made of: no slash of either kind, and no control character. */
const CHARACTER = '[^/\\\\\\u0000-\\u001f\\u007f]'
const NEITHER_DOT_NOR_CONTROL = '[^./\\\\\\u0000-\\u001f\\u007f]'
/** A part of a path that is neither `.` nor `..`. */
const PART = `(?:${NEITHER_DOT_NOR_CONTROL}${CHARACTER}*|\\.${NEITHER_DOT_NOR_CONTROL}${CHARACTER}*|\\.\\.${CHARACTER}+)`

/** What the name of a file is made of. */
export const FILE_NAME_PATTERN = `^${PART}(?:/${PART})*$`

/** How many files a task may take, and how many it may leave. */
const MOST_FILES = 1000

/** The name of a file in the directory of a task: what it is called there, and nowhere else. */
export const FileName = text(
  'Its name in the directory of the task: a relative path with forward slashes, without `.` and `..`, and without control characters.',
  255,
  { minLength: 1, pattern: FILE_NAME_PATTERN, examples: ['photo.jpg'] },
)

/** The bytes of a file, as a body. */
export const ArtifactBytes = Type.String({
  description: 'The bytes of a file.',
  format: 'binary',
  maxLength: MAX_SAFE,
})

/** The files of a batch, as a body. */
export const ArtifactArchive = Type.String({
  description: 'An archive of the files that the tasks of the batch left (tar, POSIX.1-2017).',
  format: 'binary',
  maxLength: MAX_SAFE,
})

/** A stored file. */
export const Artifact = component(
  'Artifact',
  object('A stored file.', {
    sha256: Sha256,
    bytes: count('Its size.'),
    used_at: instant('When it was stored, or last asked for by a client, a task or a device.'),
    expires_at: instant(
      'When it goes, unless it is used till then: `files.days` after its last use. What an unfinished task or batch names stays.',
    ),
  }),
)
/** A stored file. */
export type Artifact = Static<typeof Artifact>

/** The path of an operation on a file. */
export const ArtifactParams = Type.Object({ sha256: Sha256 }, { additionalProperties: false })

/** How a file is stored. */
export const ArtifactUploadQuery = Type.Object(
  {
    sha256: Type.Optional(
      described(
        Sha256,
        'What the content must be: with it a transfer that breaks can go on where it was, and one that went wrong is refused. When absent: whatever comes is stored.',
      ),
    ),
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_SAFE,
        default: 0,
        description:
          'Where the body goes on, in bytes, after a transfer that broke: the `bytes` that `POST /artifacts/missing` tells of it. Needs `sha256`.',
      }),
    ),
  },
  { additionalProperties: false },
)
/** How a file is stored. */
export type ArtifactUploadQuery = Static<typeof ArtifactUploadQuery>

/** Hashes to be looked up. */
export const ArtifactQuery = component(
  'ArtifactQuery',
  object(
    'Hashes to be looked up.',
    { sha256: Type.Array(Sha256, { description: 'The hashes.', minItems: 1, maxItems: 1000, uniqueItems: true }) },
    { examples: [{ sha256: ['2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'] }] },
  ),
)
/** Hashes to be looked up. */
export type ArtifactQuery = Static<typeof ArtifactQuery>

/** What is not stored here. */
export const ArtifactsMissing = component(
  'ArtifactsMissing',
  object('What is not stored here. What is counts as used now.', {
    missing: list(Sha256, 'The hashes of what is not stored, in the order of the request.', 1000),
    partial: list(
      object('A transfer that broke.', { sha256: Sha256, bytes: count('So many of its bytes are here.') }),
      'Of the missing ones, those of which a part is here: the next transfer can go on from there.',
      1000,
    ),
  }),
)
/** What is not stored here. */
export type ArtifactsMissing = Static<typeof ArtifactsMissing>

/** The answer to the removal of a file. */
export const ArtifactRemoved = component(
  'ArtifactRemoved',
  object('The file is gone.', { removed_artifact: Sha256, bytes: count('So many bytes are free again.') }),
)
/** The answer to the removal of a file. */
export type ArtifactRemoved = Static<typeof ArtifactRemoved>

/** A file that a task takes. */
export const TaskInput = component(
  'TaskInput',
  object('A stored file that is put into the directory of the task before it starts.', {
    name: FileName,
    sha256: Sha256,
  }),
)
/** A file that a task takes. */
export type TaskInput = Static<typeof TaskInput>

/** A file that a task left. */
export const TaskArtifact = component(
  'TaskArtifact',
  object('A file that the task left, stored.', { name: FileName, sha256: Sha256, bytes: count('Its size.') }),
)
/** A file that a task left. */
export type TaskArtifact = Static<typeof TaskArtifact>

/** The files that a task takes. */
export const TaskInputs = list(TaskInput, 'Stored files that it takes, by names that differ.', MOST_FILES)
/** The files that a task is to leave. */
export const TaskOutputs = list(
  FileName,
  'Names of the files that it leaves, which are stored when it completes.',
  MOST_FILES,
  {
    uniqueItems: true,
  },
)
/** The files that a task left. */
export const TaskArtifacts = list(TaskArtifact, 'The files that it left, of `outputs`, in that order.', MOST_FILES)
