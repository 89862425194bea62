/** `retire-cluster config profile`: the settings of several clusters. */
import { UsageError } from '../failure.ts'
import { didYouMean } from '../options/nearest.ts'
import { noFile } from '../options/file.ts'
import { fileKeys, resolveFlags } from '../options/layers.ts'
import { command, type Context } from './command.ts'
import { readIfThere, replace, without } from './config-file.ts'
import { printList } from './output.ts'
import { profileNamed, profilesOf } from './profiles.ts'
import { clientFlags, profileFlag } from './settings.ts'

type Action = (context: Context, name: string | undefined) => Promise<void>

/** What this command line says of the settings, as a file has it. */
const settingsGiven = ({ given, settings: { values } }: Context): Readonly<Record<string, unknown>> => {
  const keys = fileKeys(clientFlags).filter((key) => given[key] !== undefined) as (keyof typeof clientFlags)[]
  return Object.fromEntries(keys.map((key) => [key, values[key]]))
}

const required = (name: string | undefined): string => {
  if (name === undefined) throw new UsageError('Name the profile. See --help.')
  return name
}

/** A name that --profile takes. @throws UsageError */
const newName = (name: string | undefined): string => {
  const given = { profile: [required(name)] }
  return resolveFlags(profileFlag, { given, environment: {}, file: noFile }).values.profile ?? ''
}

const actions: Readonly<Record<string, Action>> = {
  list: async ({ file: path, output, profile }) => {
    const profiles = profilesOf(readIfThere(path))
    const rows = Object.entries(profiles).map(([name, { api_url }]) => ({
      name,
      api_url: typeof api_url === 'string' ? api_url : null,
      in_use: name === profile,
    }))
    await printList(output, {
      whole: { profiles: rows },
      rows,
      columns: [
        { name: 'name', of: ({ name }) => name },
        { name: 'api_url', of: ({ api_url }) => api_url },
        { name: 'in_use', of: ({ in_use }) => in_use },
      ],
    })
  },
  add: async (context, name) => {
    const file = readIfThere(context.file)
    const profiles = { ...profilesOf(file), [newName(name)]: settingsGiven(context) }
    await replace({ path: file.path, content: { ...file.content, profiles } })
  },
  use: async ({ file: path }, name) => {
    const file = readIfThere(path)
    if (name !== undefined) profileNamed(file, name)
    const content = without('profile', file.content)
    await replace({ path, content: name === undefined ? content : { ...content, profile: name } })
  },
  remove: async ({ file: path }, name) => {
    const file = readIfThere(path)
    profileNamed(file, required(name))
    const content = file.content.profile === name ? without('profile', file.content) : file.content
    await replace({ path, content: { ...content, profiles: without(required(name), profilesOf(file)) } })
  },
}

/** The command. */
export const profileCommand = command({
  name: 'profile',
  summary: 'Keep the settings of several clusters: list, add, use, remove.',
  args: [
    { name: 'ACTION', description: 'What to do.', choices: Object.keys(actions) },
    { name: 'PROFILE', description: 'The profile; use without a name leaves profiles.', optional: true },
  ],
  isLocal: true,
  keepsProfiles: true,
  flags: {},
  examples: [
    'retire-cluster config profile add home --api-url http://192.168.1.100:8081 --api-key your-secret-key',
    'retire-cluster config profile use home',
    'retire-cluster --profile home devices list',
  ],
  run: (context, _values, [action = '', name]) => {
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (act === undefined)
      throw new UsageError(
        `${JSON.stringify(action)} is no action; they are ${Object.keys(actions).join(', ')}.${didYouMean(action, Object.keys(actions))}`,
      )
    return act(context, name)
  },
})
