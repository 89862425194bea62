/** A small disk of the test's own: a tmpfs. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { asRoot } from './as-root.ts'

const MIB = 2 ** 20

const run = (command: string, given: readonly string[]): void => {
  const { program, args } = asRoot(command, given)
  try {
    execFileSync(program, args, { stdio: 'pipe' })
  } catch (cause) {
    throw new Error(`${program} ${args.join(' ')}: run this test as root, or as unshare -rm npm run test:system`, {
      cause,
    })
  }
}

/** Mounts a disk of so many MiB; it is gone with the test, after all that was started on it. */
export const smallDisk = (t: Test, mebibytes: number): string => {
  const directory = mkdtempSync(join(tmpdir(), 'retire-cluster-disk-'))
  const { uid, gid } = userInfo()
  run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700,uid=${uid},gid=${gid}`, 'tmpfs', directory])
  t.teardown(() => {
    // Lazily: a process that was killed a moment ago may still hold a file of it.
    run('umount', ['--lazy', directory])
    rmdirSync(directory)
  })
  return directory
}

/** Takes all that is free on a disk, down to the last byte. Returns what gives it back. */
export const fillUp = (directory: string): (() => void) => {
  const path = join(directory, `ballast-${randomUUID()}`)
  const file = openSync(path, 'w')
  for (let bytes = MIB; bytes > 0;) {
    try {
      writeSync(file, Buffer.alloc(bytes, 0x5a))
    } catch {
      // No room for so much: for half of it, perhaps.
      bytes = Math.floor(bytes / 2)
    }
  }
  closeSync(file)
  return () => rmSync(path)
}
