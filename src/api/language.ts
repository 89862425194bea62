/** The languages that messages come in, and how a request chooses one. */
import Negotiator from 'negotiator'
import type { FastifyRequest } from 'fastify'

/** A language of `errorCodes`. */
export type Language = 'en' | 'zh'

/** Language → its tag on the wire (RFC 5646); the Chinese of the messages is written in simplified characters. */
export const languageTags = { en: 'en', zh: 'zh-CN' } as const satisfies Record<Language, string>

/** The language that `Accept-Language` prefers (RFC 9110 §12.5.4); English where it names neither. */
export const languageOf = (request: Pick<FastifyRequest, 'headers'>): Language =>
  new Negotiator(request).language(['en', 'zh']) === 'zh' ? 'zh' : 'en'
