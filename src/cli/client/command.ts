/** A command of the client: declared once, with flags that have variables and file keys like those of every program. */
import type { Layers, Resolved } from '../options/layers.ts'
import { resolveFlags } from '../options/layers.ts'
import type { Environment, Flags, Scope, Values } from '../options/flag.ts'
import type { Api } from './api.ts'
import type { Output } from './output.ts'
import { type clientFlags, watchFlag } from './settings.ts'

/** What a command works with. */
export type Context = {
  readonly api: Api
  readonly output: Output
  /** The settings in force, and where each comes from. */
  readonly settings: Resolved<typeof clientFlags>
  /** The file that keeps settings. */
  readonly file: string
  /** The profile whose settings these are; undefined where there is none. */
  readonly profile: string | undefined
  readonly environment: Environment
  /** What this command line itself says of the settings, so that it can be kept. */
  readonly given: Readonly<Record<string, readonly string[]>>
  /** What stands behind the first `--` of the line; it is at the end of the arguments too. */
  readonly behind: readonly string[]
  /** All commands, for completion. */
  readonly entries: Entries
}

/** A positional argument. */
export type Argument = {
  readonly name: string
  readonly description: string
  /** All values that there are, where they can be listed. */
  readonly choices?: readonly string[]
  /** Any number of them, none included. */
  readonly many?: true
  /** It may be left out. */
  readonly optional?: true
}

/** A command, its flags folded away. */
export type ClientCommand = {
  readonly name: string
  readonly summary: string
  readonly args: readonly Argument[]
  readonly flags: Flags
  readonly examples: readonly string[]
  /** True where it shows something that changes by itself, and can be shown again and again. */
  readonly watchable: boolean
  /** True where it asks no API: it works whatever the settings say of one, since it may be what mends them. */
  readonly isLocal: boolean
  /** True where it works whatever profile is in use: it may be what makes that one. */
  readonly keepsProfiles: boolean
  /** Reads its flags and does it. @throws Failure */
  readonly execute: (context: Context, args: readonly string[], layers: Layers) => Promise<void>
}

/** A group of commands. */
export type CommandGroup = readonly ClientCommand[]

/** Declares a command. `run` gets as many `args` as are declared; of one that is `many`, all. */
export const command = <F extends Flags>(declaration: {
  readonly name: string
  readonly summary: string
  readonly args?: readonly Argument[]
  readonly flags: F
  readonly examples?: readonly string[]
  readonly watchable?: true
  readonly isLocal?: true
  readonly keepsProfiles?: true
  readonly run: (context: Context, values: Values<F>, args: readonly string[]) => Promise<void>
}): ClientCommand => ({
  name: declaration.name,
  summary: declaration.summary,
  args: declaration.args ?? [],
  flags: declaration.flags,
  examples: declaration.examples ?? [],
  watchable: declaration.watchable === true,
  isLocal: declaration.isLocal === true,
  keepsProfiles: declaration.keepsProfiles === true,
  execute: (context, args, layers) => declaration.run(context, resolveFlags(declaration.flags, layers).values, args),
})

/** What a first word of the command line leads to: a group of commands, or one that stands alone. */
export type Loaded = { readonly commands: CommandGroup } | { readonly command: ClientCommand }

/** First words, with what they lead to. */
export type Entries = Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Loaded> }>>

/** The commands behind a first word, with the scope of the flags of each. */
export const scoped = (entry: string, loaded: Loaded): readonly { declared: ClientCommand; scope: Scope }[] =>
  'command' in loaded
    ? [{ declared: loaded.command, scope: [entry] }]
    : loaded.commands.map((declared) => ({ declared, scope: [entry, declared.name] }))

/** The flags of a command, those of its kind included. */
export const flagsOf = ({ flags, watchable }: ClientCommand): Flags => (watchable ? { ...flags, ...watchFlag } : flags)
