/** Termux on Android: a script that the app Termux:Boot runs when the device has started. */
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError, systemCode } from '../../failure.ts'
import { forShell } from './quoted.ts'
import { STOP_SECONDS } from './service.ts'
import type { Supervisor } from './supervisor.ts'
import { type LoopFiles, termuxScript } from './termux-script.ts'

/** How its files are called. */
const NAME = 'retire-cluster-worker'

const LOOK_MS = 100

const read = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // ESRCH: a process that ended while its file was read.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}

/** The process of the loop; undefined where none runs. A process id that was given to another program since is none. */
const loopOf = async ({ pid, script }: LoopFiles): Promise<number | undefined> => {
  const number = Number(await read(pid))
  if (!Number.isSafeInteger(number) || number <= 0) return undefined
  const words = (await read(`/proc/${number}/cmdline`))?.split('\0')
  return words?.includes(script) === true ? number : undefined
}

const stopLoop = async (files: LoopFiles): Promise<void> => {
  const pid = await loopOf(files)
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  const deadline = performance.now() + STOP_SECONDS * 1000
  while ((await loopOf(files)) !== undefined) {
    if (performance.now() > deadline)
      throw new StartError(`The worker does not end; end it by "kill -9 ${pid}", and try again.`)
    await sleep(LOOK_MS)
  }
}

/** The script, and how its loop is started and ended. `home` and `prefix`: of Termux. */
export const termux = ({ home, prefix }: { readonly home: string; readonly prefix: string }): Supervisor => {
  const shell = join(prefix, 'bin', 'sh')
  const files: LoopFiles = {
    script: join(home, '.termux', 'boot', NAME),
    log: join(prefix, 'var', 'log', `${NAME}.log`),
    pid: join(prefix, 'var', 'run', `${NAME}.pid`),
  }
  return {
    path: files.script,
    made: [files.log, `${files.log}.old`, files.pid],
    mode: 0o700,
    render: (service, written) => termuxScript(service, files, { shell, written }),
    stop: () => stopLoop(files),
    start: async () => {
      await Promise.all([files.log, files.pid].map((path) => mkdir(dirname(path), { recursive: true })))
      // In a session of its own: it outlives the terminal.
      spawn(shell, [files.script], { detached: true, stdio: 'ignore' }).unref()
      return [
        'Install the app Termux:Boot and open it once: without it nothing starts with the device.',
        'Switch the battery optimisation of Termux off, or Android ends the worker: docs/termux.md.',
      ]
    },
    end: async () => {
      await stopLoop(files)
      return []
    },
    forget: () => Promise.resolve(),
    hints: [
      ['log', `tail -f ${forShell(files.log)}`],
      ['stop', `kill $(cat ${forShell(files.pid)})`],
    ],
  }
}
