/** `retire-cluster keys`: who may call the API. */
import { type ApiKey, type ApiKeyRequest, Scope } from '../../../schemas/access.ts'
import { resolve } from '../../../schemas/component.ts'
import { flag, optional } from '../options/flag.ts'
import { commaList, ofSchema } from '../options/readers.ts'
import { command, type CommandGroup } from './command.ts'
import { duration } from './duration.ts'
import { type Column, printList, printRecord } from './output.ts'

const columns: readonly Column<ApiKey>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'name', of: ({ name }) => name },
  { name: 'scopes', of: ({ scopes }) => scopes.join(' ') },
  { name: 'created_at', of: ({ created_at }) => created_at },
  { name: 'expires_at', of: ({ expires_at }) => expires_at },
  { name: 'last_used_at', of: ({ last_used_at }) => last_used_at },
]

const scope = ofSchema(resolve(Scope) as typeof Scope, 'SCOPE')

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'list',
    summary: 'List the API keys that the cluster keeps; their secrets are shown to nobody.',
    flags: {},
    run: async ({ api, output }) => {
      const list = await api.call('listKeys', {})
      await printList(output, { whole: list, rows: list.keys, columns })
    },
  }),
  command({
    name: 'create',
    summary: 'Make an API key, and print it with its secret, this once.',
    args: [{ name: 'NAME', description: 'A name for people.' }],
    flags: {
      scopes: flag(
        commaList({ ...scope, placeholder: 'SCOPE' }),
        'What it may do: read, write, admin; none implies another.',
        ['read'],
      ),
      expires_in: optional(duration, 'When it ends, from now on.', 'never'),
    },
    examples: ['retire-cluster keys create laptop --scopes read,write --expires-in 90d'],
    run: async ({ api, output }, { scopes, expires_in }, [name = '']) => {
      const body: ApiKeyRequest = {
        name,
        scopes: [...scopes],
        ...(expires_in === undefined ? {} : { expires_at: new Date(Date.now() + expires_in * 1000).toISOString() }),
      }
      await printRecord(output, await api.call('createKey', { body }))
    },
  }),
  command({
    name: 'revoke',
    summary: 'Revoke an API key, at once.',
    args: [{ name: 'KEY_ID', description: 'The id of the key.' }],
    flags: {},
    run: async ({ api, output }, _values, [key_id = '']) => {
      await printRecord(output, await api.call('removeKey', { path: { key_id } }))
    },
  }),
]
