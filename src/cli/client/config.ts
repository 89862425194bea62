/** `retire-cluster config`: the settings of the client, and the file that keeps them. */
import { Failure, UsageError } from '../failure.ts'
import { noFile } from '../options/file.ts'
import { fileKeys, type Resolved, resolveFlags } from '../options/layers.ts'
import { didYouMean } from '../options/nearest.ts'
import { command, type CommandGroup, type Context } from './command.ts'
import { readIfThere, replace, without } from './config-file.ts'
import { profileCommand } from './config-profile.ts'
import { printList } from './output.ts'
import { profileNamed, profilesOf } from './profiles.ts'
import { clientFlags } from './settings.ts'

type Key = keyof typeof clientFlags
const keys = fileKeys(clientFlags) as readonly Key[]

const keyNamed = (name: string): Key => {
  const key = keys.find((one) => one === name)
  if (key === undefined)
    throw new UsageError(
      `${JSON.stringify(name)} is no setting; the settings are ${keys.join(', ')}.${didYouMean(name, keys)}`,
    )
  return key
}

/** A setting as it is shown in a list: the key itself stays hidden. */
const shown = (settings: Resolved<typeof clientFlags>, key: Key): string | null => {
  const value = settings.values[key]
  if (value === undefined) return null
  return clientFlags[key].reader.secret ? '(hidden; see config get)' : value
}

/** Changes the settings of the profile that is in use, where one is, else those beside the profiles. */
const change = async (
  { file: path, profile }: Pick<Context, 'file' | 'profile'>,
  edit: (settings: Readonly<Record<string, unknown>>) => Record<string, unknown>,
): Promise<void> => {
  const file = readIfThere(path)
  const content =
    profile === undefined
      ? edit(file.content)
      : { ...file.content, profiles: { ...profilesOf(file), [profile]: edit(profileNamed(file, profile)) } }
  await replace({ path, content })
}

const keyArgument = { name: 'KEY', description: 'The setting.', choices: keys }

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'set',
    isLocal: true,
    summary: 'Keep a setting; of the profile that is in use, where one is.',
    args: [keyArgument, { name: 'VALUE', description: 'The value to keep.' }],
    flags: {},
    examples: [
      'retire-cluster config set api_url http://localhost:8081',
      'retire-cluster config set api_key your-secret-key',
    ],
    run: async (context, _values, [name = '', value = '']) => {
      const key = keyNamed(name)
      // Checked before it is written, so that a bad value never gets into the file.
      resolveFlags({ [key]: clientFlags[key] }, { given: { [key]: [value] }, environment: {}, file: noFile })
      await change(context, (settings) => ({ ...settings, [key]: value }))
    },
  }),
  command({
    name: 'unset',
    isLocal: true,
    summary: 'Forget a setting that is kept; of the profile that is in use, where one is.',
    args: [keyArgument],
    flags: {},
    examples: ['retire-cluster config unset ca'],
    run: async (context, _values, [name = '']) => {
      const key = keyNamed(name)
      const { file: path, profile, output } = context
      const file = readIfThere(path)
      const kept = profile === undefined ? file.content : profileNamed(file, profile)
      if (Object.hasOwn(kept, key)) return change(context, (settings) => without(key, settings))
      output.note(`${key} is not kept${profile === undefined ? '' : ` in the profile ${profile}`} in ${path}.\n`)
    },
  }),
  command({
    name: 'get',
    isLocal: true,
    summary: 'Print a setting as it is in force.',
    args: [keyArgument],
    flags: {},
    run: async ({ settings, output }, _values, [name = '']) => {
      const key = keyNamed(name)
      const value = settings.values[key]
      if (value === undefined)
        throw new Failure(1, `${key} is not set; set it by retire-cluster config set ${key} VALUE`)
      await output.write(`${value}\n`)
    },
  }),
  command({
    name: 'list',
    isLocal: true,
    summary: 'Print all settings as they are in force, and where each comes from.',
    flags: {},
    run: ({ settings, output }) => {
      const rows = keys.map((key) => ({ key, value: shown(settings, key), source: settings.sources[key] }))
      return printList(output, {
        whole: Object.fromEntries(rows.map(({ key, value, source }) => [key, { value, source }])),
        rows,
        columns: [
          { name: 'key', of: ({ key }) => key },
          { name: 'value', of: ({ value }) => value },
          { name: 'source', of: ({ source }) => source },
        ],
      })
    },
  }),
  profileCommand,
]
