/** `retire-cluster completion`: scripts for shells, and the words that they ask for. */
import { UsageError } from '../failure.ts'
import { didYouMean } from '../options/nearest.ts'
import { command as declareCommand } from './command.ts'
import { candidatesFor } from './completion-words.ts'
import { scripts } from './completion-scripts.ts'

const shells = Object.keys(scripts)

/** The command. */
export const command = declareCommand({
  name: 'completion',
  summary: 'Print the script that completes commands, flags and their choices, and ids.',
  args: [
    { name: 'SHELL', description: 'The shell.', choices: shells },
    { name: 'WORD', description: 'For the scripts: the words so far, the last one unfinished.', many: true },
  ],
  isLocal: true,
  keepsProfiles: true,
  flags: {},
  examples: [
    'source <(retire-cluster completion bash)      # in ~/.bashrc',
    'source <(retire-cluster completion zsh)       # in ~/.zshrc, after compinit',
    'retire-cluster completion fish | source       # in ~/.config/fish/config.fish',
  ],
  run: async (context, _values, [shell = '', ...words]) => {
    if (shell === 'words') return context.output.write((await candidatesFor(context, words)).map((word) => `${word}\n`).join('')) // prettier-ignore
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
    if (script === undefined)
      throw new UsageError(
        `There is no completion for ${shell}; there is for ${shells.join(', ')}.${didYouMean(shell, shells)}`,
      )
    await context.output.write(script)
  },
})
