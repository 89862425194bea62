/** Answers with an outcome for each of many tasks: their errors get words here, in the language of the request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorBody } from '../../schemas/index.ts'
import type { Refused } from '../cluster/cluster.ts'
import { errorBody } from './envelopes.ts'
import { languageOf, languageTags } from './language.ts'

type Outcome = { readonly error: Refused | null }

/** The answer with the words of its errors; its headers say in which language they are. */
export const inWords = <O extends Outcome, A extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  { outcomes, ...answer }: A & { readonly outcomes: readonly O[] },
) => {
  const language = languageOf(request)
  reply.header('Content-Language', languageTags[language]).header('Vary', 'Accept-Language')
  const worded = outcomes.map((outcome) => {
    const { error } = outcome
    const words: ErrorBody | null = error === null ? null : errorBody(error.code, error.details, language)
    return { ...outcome, error: words }
  })
  return { outcomes: worded, ...answer }
}
