/** Names of files: what a command line makes of them, and which of them a directory may take. */
import { FileName } from '../../../../schemas/artifact.ts'

/** What stands for a file in `--name` and in a command: of `photos/a.tar.gz` these are `a.tar.gz`, `a.tar` and `gz`. */
export type Parts = { readonly name: string; readonly stem: string; readonly ext: string }

/** The last part of a path with forward slashes. */
export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** All but the last part of a path with forward slashes, with the slash; empty where there is none. */
export const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** The parts of a file's name. One that only begins with a dot has no ending. */
export const partsOf = (path: string): Parts => {
  const name = lastPart(path)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? { name, stem: name, ext: '' } : { name, stem: name.slice(0, dot), ext: name.slice(dot + 1) }
}

/** Puts values where a template names them, `{name}`; braces around anything else stay as they are. */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{([a-z]+)\}/g, (written, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : written,
  )

const { pattern = '', maxLength = 0 } = FileName
const fileName = new RegExp(pattern, 'u')

/** Whether the contract takes it for a name of a file: a relative path that leads nowhere else. */
export const isFileName = (name: string): boolean => name.length <= maxLength && fileName.test(name)

/** An argument of a program that names a file: what begins with a hyphen would be taken for a flag. */
export const asArgument = (name: string): string => (name.startsWith('-') ? `./${name}` : name)
