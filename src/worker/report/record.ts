/** What the worker reads of its machine, noted down while it reads: the same functions read, so that nothing can be forgotten. */
import { basename, join, relative, sep } from 'node:path'
import type { StatsFs } from 'node:fs'
import { checkMachine } from '../checkup.ts'
import { readTraits } from '../binding.ts'
import { attemptToRead, type Machine, noteReads, type Notes, type Roots } from '../machine.ts'
import { isAndroid } from '../profile/platform.ts'
import { readSlowFacts } from '../profile/slow-facts.ts'
import { readProfile } from '../profile.ts'
import { readBoot } from '../stops/boot.ts'
import { createTelemetry } from '../telemetry.ts'
import { systemClock } from '../clock.ts'

/** What was read: a tree of files, and what Node and programs said. */
export type Recorded = {
  /** By their paths below the root of the report: `sys/…`, `proc/…`, `etc/…`, `system/…`. */
  readonly files: ReadonlyMap<string, string>
  readonly told: Told
}

/** What Node and programs said, as `machine.json` of a fixture has it (test/worker/fixtures). */
export type Told = {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string>>
  readonly system: Readonly<Record<string, unknown>>
  readonly statfs: Pick<StatsFs, 'bsize' | 'blocks' | 'bfree' | 'bavail'>
  /** What programs printed, by their command lines. */
  readonly programs: Readonly<Record<string, string>>
}

/** Where each root lies in a report. */
const directories = {
  sysRoot: 'sys',
  procRoot: 'proc',
  etcRoot: 'etc',
  androidRoot: 'system',
} as const satisfies Record<keyof Roots, string>

/** Of the environment, what tells that this is Termux. */
const VARIABLE = 'TERMUX_VERSION'

/** A path of the machine as it is in the report; undefined for one that lies in none of the roots. */
const placeOf = (path: string, machine: Roots): string | undefined => {
  for (const [root, directory] of Object.entries(directories)) {
    const below = relative(machine[root as keyof Roots], path)
    if (below !== '' && !below.startsWith('..')) return [directory, ...below.split(sep)].join('/')
  }
  return undefined
}

/**
 * The files of a tree: with what was read of them, and empty where only their names were seen, so that a listing of the copy has
 * the same names.
 */
const treeOf = ({ texts, listings }: Notes, machine: Roots): Map<string, string> => {
  const files = new Map<string, string>()
  const put = (path: string, content: string) => {
    const place = placeOf(path, machine)
    if (place !== undefined) files.set(place, content)
  }
  for (const [path, names] of listings) for (const name of names) put(join(path, name), '')
  for (const [path, text] of texts) put(path, text)
  // What turned out to be a directory holds files of its own, and is none.
  for (const place of [...files.keys()]) {
    const parts = place.split('/')
    for (let depth = 1; depth < parts.length; depth += 1) files.delete(parts.slice(0, depth).join('/'))
  }
  return files
}

/** What getprop said stands where newer versions of Android keep it from apps. */
const withProperties = (files: Map<string, string>, programs: Readonly<Record<string, string>>, isPhone: boolean) => {
  const place = `${directories.androidRoot}/build.prop`
  const said = Object.entries(programs).filter(([line]) => line.startsWith('getprop '))
  const lines = said.map(([line, value]) => `${line.slice('getprop '.length)}=${value}`)
  if (isPhone && !files.has(place)) files.set(place, `${lines.join('\n')}\n`)
}

/** Reads all that a worker reads of a machine. @param dataDir - a directory that is there */
export const record = async (machine: Machine, dataDir: string): Promise<Recorded> => {
  const programs: Record<string, string> = {}
  const noted: Machine = {
    ...machine,
    ask: async (program, args, timeoutMs) => {
      const said = await machine.ask(program, args, timeoutMs)
      // An interpreter is known by its name alone: the question to it is code.
      const line = program.startsWith('python') ? program : [basename(program), ...args].join(' ')
      if (said !== null) programs[line] = said
      return said
    },
  }
  const notes = await noteReads(async () => {
    await readSlowFacts(noted, await readProfile({ dataDir, version: '', machine: noted }))
    await createTelemetry({ dataDir, clock: systemClock, machine: noted }).sample()
    await Promise.all([
      readTraits(noted),
      readBoot(noted),
      checkMachine(noted, { dataDir, allow: ['command', 'python_eval'] }),
    ])
  })
  const files = treeOf(notes, machine)
  withProperties(files, programs, await isAndroid(machine))
  const { system, env } = machine
  const { bsize, blocks, bfree, bavail } = await machine.statfs(dataDir)
  return {
    files,
    told: {
      platform: machine.platform,
      env: env[VARIABLE] === undefined ? {} : { [VARIABLE]: env[VARIABLE] },
      system: {
        hostname: system.hostname(),
        machine: system.machine(),
        release: system.release(),
        availableParallelism: system.availableParallelism(),
        cpus: attemptToRead(system.cpus) ?? [],
        networkInterfaces: attemptToRead(system.networkInterfaces),
        totalmem: system.totalmem(),
        freemem: system.freemem(),
        loadavg: system.loadavg(),
        uptime: attemptToRead(system.uptime) ?? 0,
      },
      statfs: { bsize, blocks, bfree, bavail },
      programs,
    },
  }
}
