/** Pages of the documentation, taken apart: what they tell to run, and what they say that it prints. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A code block. */
export type Block = { readonly language: string; readonly code: string }

/** What stands below a heading, up to the next one. */
export type Section = { readonly heading: string; readonly blocks: readonly Block[] }

const root = join(import.meta.dirname, '../../..')

/** The sections of a page; what stands before its first heading of the second level comes first. `path`: from the root. */
export const sectionsOf = (path: string): readonly Section[] =>
  readFileSync(join(root, path), 'utf8')
    .split(/^## /m)
    .map((section) => ({
      heading: section.slice(0, section.indexOf('\n')),
      blocks: [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
        language,
        code,
      })),
    }))

/** The code of all blocks of a language. */
export const codeIn = ({ blocks }: Section, language: string): string =>
  blocks
    .filter((block) => block.language === language)
    .map(({ code }) => code)
    .join('')

/** The command lines of a page, each with those that it goes on in, without comments; in the order of the page. */
export const commandLinesOf = (path: string): readonly string[] =>
  sectionsOf(path)
    .map((section) => codeIn(section, 'sh'))
    .join('')
    .split(/(?<!\\)\n/)
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** What a page says that is printed, as an expression: `…` stands for anything within a line, and alone for any lines. */
export const printed = (said: string): RegExp => {
  const lines = said
    .trimEnd()
    .split('\n')
    .map((line) => (line === '…' ? '[^]*' : line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '.+')))
  return new RegExp(`^${lines.join('\n')}$`)
}
