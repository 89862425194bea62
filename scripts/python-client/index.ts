/** All that is generated of the Python client. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsText } from './errors.ts'
import { modelsOf, querySchema } from './models.ts'
import { constantCase, docstring, head, pascalCase } from './python.ts'
import { type Document, routesOf, type Schema } from './schema.ts'
import { syncOf } from './sync.ts'

/** A file that is generated: where it stands in the repository, and what is in it. */
export type GeneratedFile = { readonly path: string; readonly text: string }

const PACKAGE = 'clients/python/src/retire_cluster_client'

/** Stands in both halves, by hand: what the platform offers to each. */
const BY_HAND: ReadonlySet<string> = new Set(['runtime.py'])

/** What a submission may say beside type and payload: the same for every type. */
const submissionOptions = ({ components }: Document): Schema => {
  const { task_type, payload, ...properties } = components.schemas.CustomSubmission?.properties ?? {}
  if (task_type === undefined || payload === undefined) throw new Error('the document knows no submissions')
  return { type: 'object', description: 'What a submission may say beside type and payload.', properties }
}

const modelsAndOperations = (document: Document): GeneratedFile[] => {
  const models = modelsOf(document)
  const operations = routesOf(document).map((route) => {
    const name = pascalCase(route.id)
    const query = querySchema(route, `What can be asked of ${constantCase(route.id).toLowerCase()}.`)
    if (query !== undefined) models.typeOf(query, `${name}Query`)
    if (route.body !== undefined) models.typeOf(route.body, `${name}Body`)
    const answer = models.typeOf(route.answer, route.answerName)
    const type = /^[A-Z]/.test(answer) ? `models.${answer}` : answer
    const { method, path, summary } = route
    return `${constantCase(route.id)}: Operation[${type}] = Operation("${method}", "${path}")\n${docstring(`${summary}.`, '')}`
  })
  models.typeOf(submissionOptions(document), 'SubmissionOptions')
  models.typeOf({ $ref: '#/components/schemas/ErrorDetails' }, 'ErrorDetails')
  const imports =
    '\nfrom typing import TYPE_CHECKING\n\nfrom ._protocol import Operation\n\n' +
    'if TYPE_CHECKING:\n    from . import models\n\n'
  return [
    { path: `${PACKAGE}/models.py`, text: models.text() },
    {
      path: `${PACKAGE}/_operations.py`,
      text: `${head('Where each operation stands.')}${imports}${operations.join('')}`,
    },
    { path: `${PACKAGE}/errors.py`, text: errorsText(document) },
  ]
}

const synchronous = (root: string): GeneratedFile[] =>
  [PACKAGE, 'clients/python/tests'].flatMap((folder) =>
    readdirSync(join(root, folder, '_async'))
      .filter((name) => name.endsWith('.py') && !BY_HAND.has(name))
      .map((name) => ({
        path: `${folder}/_sync/${name.replace('async', 'sync')}`,
        text: syncOf(readFileSync(join(root, folder, '_async', name), 'utf8'), `${folder}/_async/${name}`),
      })),
  )

/** All files that are generated, from the document and from the asynchronous half in the repository at `root`. */
export const pythonClient = (document: string, root: string): GeneratedFile[] => [
  ...modelsAndOperations(JSON.parse(document) as Document),
  ...synchronous(root),
]
