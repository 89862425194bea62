/** Python source, as text. */

/** The longest line, as in clients/python/pyproject.toml. */
const LONGEST_LINE = 120

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

/** The head of a generated file. */
export const head = (docstring: string): string =>
  `# Generated from openapi/openapi.json by \`npm run generate\`.\n"""${docstring}"""\n\nfrom __future__ import annotations\n`

/** Whether a name can't be that of a field in the body of a class. */
export const isKeyword = (name: string): boolean => KEYWORDS.has(name)

/** `listDevices` → `LIST_DEVICES`. */
export const constantCase = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/** `cluster_stats`, `DEVICE_NOT_FOUND`, `listDevices` → `ClusterStats`, `DeviceNotFound`, `ListDevices`. */
export const pascalCase = (name: string): string =>
  name
    .split('_')
    .map((word) => (word === word.toUpperCase() ? word.toLowerCase() : word))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')

/** A docstring, in lines that are not too long. */
export const docstring = (text: string, indent: string): string => {
  const lines = ['']
  for (const word of `"""${text.replaceAll('\\', '\\\\').replace(/"$/, String.raw`\"`)}"""`.split(/\s+/)) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && indent.length + line.length + word.length + 1 > LONGEST_LINE) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line) => `${indent}${line}\n`).join('')
}

/** A literal of a string or a truth value. */
export const literal = (value: string | boolean): string =>
  typeof value === 'string' ? JSON.stringify(value) : value ? 'True' : 'False'
