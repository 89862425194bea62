import t from 'tap'
import { temporaryDirectory } from '../../cli/programs.ts'
import { startCluster } from '../../start-cluster.ts'
import { openTerminal } from './terminal.ts'

/** Shells without anything of their user's, and how each learns the completion. */
const shells = {
  bash: { start: 'bash --norc --noprofile', learn: 'source <(retire-cluster completion bash)' },
  zsh: { start: 'zsh -f', learn: 'autoload -U compinit; compinit -D; source <(retire-cluster completion zsh)' },
  fish: { start: 'fish --no-config', learn: 'retire-cluster completion fish | source' },
} as const

/** A prompt, and nothing of the line before. */
const CLEAN = /^(?![^]*(?:clear|learned|retire-cluster))[^]*\S/

void t.test('the tab key completes commands, flags, choices and ids', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  await cluster.addWorker('android-001')
  const variables = { RETIRE_CLUSTER_API_URL: cluster.url, XDG_CONFIG_HOME: temporaryDirectory(t) }
  for (const [name, { start, learn }] of Object.entries(shells))
    await t.test(name, async (t) => {
      const terminal = await openTerminal(t, variables, start)
      await terminal.type(`${learn} && echo lea''rned`, 'Enter')
      await terminal.shows(/learned/)
      await terminal.type('clear', 'Enter')
      for (const [typed, completed] of [
        ['retire-cluster dev', 'retire-cluster devices'],
        ['retire-cluster tasks list --prio', 'retire-cluster tasks list --priority'],
        ['retire-cluster tasks list --status canc', 'retire-cluster tasks list --status cancelled'],
        ['retire-cluster devices show andr', 'retire-cluster devices show android-001'],
        ['retire-cluster tasks list --status=canc', 'retire-cluster tasks list --status=cancelled'],
        [`retire-cluster --api-url ${cluster.url} devices show andr`, ' devices show android-001'],
      ] as const) {
        // What is typed before there is a prompt again is not completed by every shell.
        await terminal.shows(CLEAN)
        await terminal.type(typed, 'Tab')
        await t.resolves(terminal.shows(new RegExp(completed)), typed)
        // Ctrl-C is for whatever runs when it comes: it may be what completes still, and then the line stays.
        await terminal.type('C-u', 'clear', 'Enter')
      }
    })
})
