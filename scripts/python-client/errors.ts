/** What can go wrong, as exceptions: one for each code of the document. */
import { head, pascalCase } from './python.ts'
import type { Document } from './schema.ts'

const HAND_WRITTEN = [
  'ApiConnectionError',
  'ApiError',
  'ApiTimeoutError',
  'MapFailedError',
  'RetireClusterError',
  'TaskFailedError',
  'WaitTimeoutError',
]

/** `DEVICE_NOT_FOUND` → `DeviceNotFoundError`, `INTERNAL_ERROR` → `InternalError`. */
const classNameOf = (code: string) => `${pascalCase(code.replace(/_ERROR$/, ''))}Error`

/** The module of the exceptions. */
export const errorsText = ({ components }: Document): string => {
  const codes = components.schemas.ErrorBody?.properties?.code?.enum
  if (codes === undefined) throw new Error('the document names no codes')
  const list = (names: readonly string[]) => names.map((name) => `    "${name}",\n`).join('')
  const classes = codes.map((code) => `class ${classNameOf(code)}(ApiError):\n    """The API said ${code}."""\n\n\n`)
  const table = codes.map((code) => `    "${code}": ${classNameOf(code)},\n`).join('')
  return `${head('All that can be raised. Each code of the API has a class of its own.')}
from ._failures import (
${HAND_WRITTEN.map((name) => `    ${name},\n`).join('')})

__all__ = [
    "BY_CODE",
${list([...HAND_WRITTEN, ...codes.map(classNameOf)].sort())}]


${classes.join('')}BY_CODE: dict[str, type[ApiError]] = {
${table}}
"""The class of each code."""
`
}
