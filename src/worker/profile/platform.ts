/** What the device runs on. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Platform } from '../../../schemas/device.ts'
import { type Machine, readText } from '../machine.ts'
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
export const isAndroid = async ({ platform, env, androidRoot }: Machine): Promise<boolean> =>
  platform === 'android' ||
  (platform === 'linux' && (env.TERMUX_VERSION !== undefined || (await exists(join(androidRoot, 'build.prop')))))

/** A property of Android: from `getprop`, which every app may run, else from build.prop, which newer versions keep from apps. */
export const androidProperty = async (machine: Machine, name: string): Promise<string | null> => {
  const told = await machine.ask('getprop', [name])
  if (told !== null) return told
  const lines = (await readText(machine.androidRoot, 'build.prop'))?.split('\n') ?? []
  return (
    lines
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim() ?? null
  )
}

/** PRETTY_NAME of os-release(5), without its quotes. */
const distribution = async (machine: Machine): Promise<string | null> =>
  /^PRETTY_NAME=(["']?)(.+)\1$/m.exec((await readText(machine.etcRoot, 'os-release')) ?? '')?.[2] ?? null

const osVersion = async (machine: Machine, os: string): Promise<string> => {
  if (os === 'android') return (await androidProperty(machine, 'ro.build.version.release')) ?? machine.system.release()
  return (os === 'linux' ? await distribution(machine) : null) ?? machine.system.release()
}

/** Reads the platform. Runs `python3` once. */
export const readPlatform = async (machine: Machine): Promise<Platform> => {
  const os = (await isAndroid(machine)) ? 'android' : machine.platform
  const [os_version, python] = await Promise.all([osVersion(machine, os), findPython(machine)])
  return {
    os,
    os_version: os_version.slice(0, 256),
    // uname's machine, not process.arch: the word that the contract and `uname -m` use.
    arch: machine.system.machine(),
    python_version: python?.version ?? null,
    node_version: process.versions.node,
  }
}
