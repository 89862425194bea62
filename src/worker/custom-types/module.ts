/** Importing a task file under its own name, with the text that the worker has read of it. */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { TaskFile } from './request.ts'

/**
 * Imports the file as an ES module. What it imports in turn is found from where it lies, and read as it is now.
 * @throws whatever it throws
 */
export const importTaskFile = ({ path, source }: TaskFile): Promise<Readonly<Record<string, unknown>>> => {
  const { href } = pathToFileURL(path)
  const format = /\.[mc]?ts$/.test(path) ? 'module-typescript' : 'module'
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === href ? { url: href, format, shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => (url === href ? { format, source, shortCircuit: true } : next(url, context)),
  })
  return import(href) as Promise<Readonly<Record<string, unknown>>>
}
