/** strace on a process that runs: what it asks of the disk, and what the disk answers. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryDirectory } from '../../cli/programs.ts'
import { asRoot } from './as-root.ts'

/** Watches the calls of a process that bring files to the disk. */
export type SyncTrace = {
  /** How many there were so far. */
  count(): number
  /** What was asked so far, in order: `sync PATH` for each of them, and `rename`. */
  steps(): string[]
}

/**
 * Attaches to a process and all its threads, until that process has ended.
 * @param fault - `EIO` where every such call is to fail from now on
 */
export const traceSyncs = async (t: Test, pid: number, fault?: 'EIO'): Promise<SyncTrace> => {
  const output = join(temporaryDirectory(t), 'calls')
  const { program, args } = asRoot('strace', [
    ...['--follow-forks', '--attach', `${pid}`, '--output', output, '--decode-fds=path'],
    ...['--trace', 'fsync,fdatasync,rename,renameat,renameat2'],
    ...(fault === undefined ? [] : ['--inject', `fsync,fdatasync:error=${fault}`]),
  ])
  const tracer = spawn(program, args)
  // It says so for each thread; the first one is the one that writes.
  let said = ''
  await new Promise<void>((resolve, reject) => {
    tracer.once('error', reject)
    tracer.once('exit', (code) => reject(new Error(`strace ended with ${code}: ${said}`)))
    tracer.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/Process \d+ attached/.test(said)) resolve()
    })
  })
  const stepOf = (line: string): string[] => {
    const path = /\b(?:fsync|fdatasync)\(\d+<(.*?)>/.exec(line)?.[1]
    if (path !== undefined) return [`sync ${path}`]
    return /\brename(?:at2?)?\(/.test(line) ? ['rename'] : []
  }
  const steps = () => readFileSync(output, 'utf8').split('\n').flatMap(stepOf)
  return { steps, count: () => steps().filter((step) => step !== 'rename').length }
}
