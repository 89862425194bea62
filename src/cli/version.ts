/** The version of the product. */
import { createRequire } from 'node:module'

// Required, not imported: of an import tsc would copy package.json into dist, and `#package.json` would mean that copy.
const { version: written } = createRequire(import.meta.url)('#package.json') as { readonly version: string }

/** The version, as package.json has it. */
export const version: string = written
