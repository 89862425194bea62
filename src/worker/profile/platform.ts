/** What the device runs on. */
import { access } from 'node:fs/promises'
import { machine, release } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '../../../schemas/device.ts'
import { ask, readText, type Roots } from '../machine.ts'
import { findPython } from './python.ts'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * True on Android: Node as Termux builds it says so itself, others are told by Termux's environment or by the file that
 * every Android has. A proot or chroot distribution on a phone counts as Android too.
 */
export const isAndroid = async (
  roots: Roots,
  { platform = process.platform, env = process.env }: { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv } = {},
): Promise<boolean> =>
  platform === 'android' ||
  (platform === 'linux' && (env.TERMUX_VERSION !== undefined || (await exists(join(roots.androidRoot, 'build.prop')))))

/** A property of Android: from `getprop`, which every app may run, else from build.prop, which newer versions keep from apps. */
export const androidProperty = async (roots: Roots, name: string): Promise<string | null> => {
  const told = await ask('getprop', [name])
  if (told !== null) return told
  const lines = (await readText(roots.androidRoot, 'build.prop'))?.split('\n') ?? []
  return (
    lines
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim() ?? null
  )
}

/** PRETTY_NAME of os-release(5), without its quotes. */
const distribution = async (roots: Roots): Promise<string | null> =>
  /^PRETTY_NAME=(["']?)(.+)\1$/m.exec((await readText(roots.etcRoot, 'os-release')) ?? '')?.[2] ?? null

const osVersion = async (roots: Roots, os: string): Promise<string> => {
  if (os === 'android') return (await androidProperty(roots, 'ro.build.version.release')) ?? release()
  return (os === 'linux' ? await distribution(roots) : null) ?? release()
}

/** Reads the platform. Runs `python3` once. */
export const readPlatform = async (roots: Roots): Promise<Platform> => {
  const os = (await isAndroid(roots)) ? 'android' : process.platform
  const [os_version, python] = await Promise.all([osVersion(roots, os), findPython()])
  return {
    os,
    os_version: os_version.slice(0, 256),
    // uname's machine, not process.arch: the word that the contract and `uname -m` use.
    arch: machine(),
    python_version: python?.version ?? null,
    node_version: process.versions.node,
  }
}
