/** `retire-cluster-worker install-service`: the worker starts with the device, and again after a crash. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { printToken } from '../../../link/token.ts'
import { StartError, UsageError } from '../../failure.ts'
import { type CommandLine, type Program, readCommandLine } from '../../options/command-line.ts'
import type { Environment } from '../../options/flag.ts'
import { say } from '../../say.ts'
import type { RunCommand } from '../command.ts'
import { rememberedNode } from '../remembered-node.ts'
import { type Account, accountOf, requireAccess } from './account.ts'
import { contentOf, put, remove } from './files.ts'
import { joinOnce } from './join-once.ts'
import { lastingNode, lastingProgram } from './lasting-files.ts'
import { forShell } from './quoted.ts'
import { recordedIn } from './record.ts'
import { serviceOf } from './service.ts'
import { installFlags } from './service-flags.ts'
import type { Supervisor } from './supervisor.ts'
import { refuseSystem, requireManager, supervisorOf } from './supervisor-of.ts'
import { runTool } from './tool.ts'
import { windowsAdvice } from './windows.ts'

const program: Program<typeof installFlags> = {
  name: 'retire-cluster-worker install-service',
  summary:
    'Has the worker start with this device, and again after a crash: by systemd (Linux), launchd (macOS) or Termux:Boot (Android). The flags of the worker are passed on, but for the token: with one, the device joins first.',
  flags: installFlags,
  examples: [
    'retire-cluster-worker install-service',
    'retire-cluster-worker install-service --join 192.168.1.100 --token TOKEN.FINGERPRINT --allow command',
    'retire-cluster-worker install-service --print',
    'sudo retire-cluster-worker install-service --system --run-as pi',
  ],
}

type InstallLine = CommandLine<typeof installFlags>

const accountFor = async ({ values }: InstallLine, environment: Environment): Promise<Account | undefined> => {
  if (!values.system) {
    if (values.run_as !== undefined) throw new UsageError('--run-as goes with --system alone.')
    return undefined
  }
  refuseSystem(environment)
  return accountOf(values.run_as ?? environment.SUDO_USER ?? 'root', runTool)
}

const dataDirFor = ({ values, sources }: InstallLine, account: Account | undefined): string =>
  sources.data_dir === 'default' && account !== undefined
    ? join(account.home, '.local', 'share', 'retire-cluster-worker')
    : resolve(values.data_dir)

/** What an earlier installation wrote; empty where there was none. @throws StartError where the file is somebody else's */
const earlierFiles = async ({ path }: Supervisor): Promise<readonly string[] | undefined> => {
  const content = await contentOf(path)
  if (content === undefined) return undefined
  const files = recordedIn(content)
  if (files === undefined) throw new StartError(`${path} was not written by install-service; move it away first.`)
  return files
}

/** The line that removes it again, as this one was started. */
const removal = (node: string, file: string, { system }: { readonly system: boolean }): string =>
  `${system ? 'sudo ' : ''}${forShell(node)} ${forShell(file)} uninstall-service${system ? ' --system' : ''}`

/** Installs the service, or shows it. */
export const installService: RunCommand = async (argv, environment, workerFile) => {
  const commandLine = await readCommandLine(program, argv, environment)
  const { values } = commandLine
  const account = await accountFor(commandLine, environment)
  const dataDir = dataDirFor(commandLine, account)
  const node = lastingNode(process.execPath)
  const lasting = lastingProgram(workerFile, dataDir)
  const service = serviceOf(commandLine, environment, { node, program: lasting.program, dataDir })
  const supervisor = supervisorOf(environment, account?.name)
  if (supervisor === undefined) {
    say(windowsAdvice(service))
    return values.print ? 0 : 1
  }
  const written = [...(lasting.copied ? [lasting.program] : []), ...supervisor.made]
  const content = supervisor.render(service, written)
  if (values.print) {
    process.stderr.write(`${supervisor.path} would be:\n`)
    process.stdout.write(content)
    return 0
  }

  requireManager(environment, service.argv.map(forShell).join(' '))
  const earlier = await earlierFiles(supervisor)
  if (account !== undefined) await requireAccess(account, { node, program: workerFile, dataDir })
  if (values.token === undefined && (await rememberedNode(dataDir)) === undefined)
    throw new UsageError(
      'This device has not joined a cluster yet; name the node by --join HOST[:PORT] and --token TOKEN: it joins, and the token is not kept.',
    )
  if (earlier !== undefined) await supervisor.stop()
  if (lasting.copied) await put(lasting.program, await readFile(workerFile), { mode: 0o644, owner: account })
  if (values.token !== undefined) await joinOnce(service, printToken(values.token), account, environment)
  await put(supervisor.path, content, { mode: supervisor.mode })
  for (const file of earlier ?? []) if (!written.includes(file)) await remove(file)
  const notes = await supervisor.start()
  say([
    `Written: ${supervisor.path}`,
    'The worker runs, and starts again by itself.',
    ...notes,
    ...[...supervisor.hints, ['remove', removal(node, lasting.program, values)] as const].map(
      ([what, command]) => `  ${what.padEnd(8)}${command}`,
    ),
  ])
  return 0
}
