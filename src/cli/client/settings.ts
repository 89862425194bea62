/** The settings of the client: which API, by which key, in which format; and the file that keeps them. */
import { join } from 'node:path'
import { configFlag } from '../options/command-line.ts'
import { type Environment, flag, type Flags, optional } from '../options/flag.ts'
import { configHome } from '../options/paths.ts'
import { ofSchema, parsed, secret, text, toggle } from '../options/readers.ts'
import { oneOf } from '../../../schemas/component.ts'
import { formats } from './output.ts'

const parseUrl = (written: string): string | undefined => {
  const url = URL.parse(written)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    return undefined
  // Both forms are at hand in the documentation: with and without the path of the API.
  return url.href.replace(/(?<!\/)\/+$/, '').replace(/\/api\/v1$/, '')
}

/** The flags of every command of the client, and the keys of its file. */
export const clientFlags = {
  api_url: flag(
    parsed('URL', parseUrl, 'an http or https URL such as http://localhost:8081'),
    'Where the API is.',
    'http://localhost:8081',
  ),
  api_key: optional(
    secret(text('KEY', /^[\x21-\x7e]{1,256}$/, '1 to 256 visible ASCII characters without a space')),
    'API key, where the API asks for one.',
  ),
  pin: optional(
    text('FINGERPRINT', /^[A-Za-z0-9_-]{43}$/, 'a fingerprint of 43 characters, as the server prints it'),
    'Fingerprint of the key of an API that speaks https by a certificate of its own making.',
  ),
  ca: optional(text('FILE'), 'Certificates (PEM) to trust, for an API that speaks https by one of these.'),
  output: flag(ofSchema(oneOf(formats, ''), ''), 'Format of what is printed.', 'table'),
} as const

/** The flag that chooses between several clusters. */
export const profileFlag = {
  profile: optional(
    text('PROFILE', /^[A-Za-z0-9._-]{1,64}$/, '1 to 64 letters, digits, dots, underscores and hyphens'),
    'Settings of this profile, of several that the config file keeps.',
  ),
} as const

/** The flags of every command that say something of this call alone. */
export const callFlags = {
  quiet: { ...flag(toggle, 'Print ids only, one a line, for another command.', false), inFile: false, letter: 'q' },
} as const

/** The flags that every command takes, wherever they stand on its line. */
export const globalFlags = { ...configFlag, ...profileFlag, ...clientFlags, ...callFlags } as const satisfies Flags

/** The flag of what can be watched. */
export const watchFlag = {
  watch: { ...flag(toggle, 'Show it again every two seconds, until Ctrl-C.', false), inFile: false, letter: 'w' },
} as const

/** The file in which `config set` keeps settings, where `--config` names no other. */
export const defaultFile = (environment: Environment): string =>
  join(configHome(environment, 'retire-cluster'), 'config.json')
