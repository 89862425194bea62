/** What was found, in words for a terminal. */
import { styleText } from 'node:util'
import type { Finding } from '../../../worker/checkup/finding.ts'
import { align } from '../../client/table.ts'
import { harmless } from '../../harmless.ts'

const colours = { ok: 'green', warning: 'yellow', failure: 'red' } as const satisfies Record<Finding['state'], string>

/** What is to be done, failures first; each once, though several checks ask for it. */
export const fixesOf = (findings: readonly Finding[]): readonly string[] => {
  const urgent = findings.filter(({ state }) => state === 'failure')
  const later = findings.filter(({ state }) => state === 'warning')
  return [...new Set([...urgent, ...later].flatMap(({ check, fix }) => (fix === null ? [] : [`${check}: ${fix}`])))]
}

/** The fixes, numbered. */
export const numbered = (fixes: readonly string[]): string =>
  fixes.map((fix, index) => `${index + 1}. ${harmless(fix)}\n`).join('')

/** The whole of it: a line for each finding, and then what to do. */
export const inWords = (findings: readonly Finding[]): string => {
  const lines = align(
    findings.map(({ state, check, saw }) => [
      styleText(colours[state], state, { stream: process.stdout }),
      check,
      harmless(saw),
    ]),
  )
  const fixes = fixesOf(findings)
  return fixes.length === 0 ? `${lines}\nAll is well.\n` : `${lines}\nWhat to do:\n${numbered(fixes)}`
}
