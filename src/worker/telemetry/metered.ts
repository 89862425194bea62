/** Whether the device is in a network that costs by the byte, as far as Linux tells. Android keeps its routes from apps. */
import type { Clock } from '../clock.ts'
import { type Machine, readText } from '../machine.ts'

/** Modems as kernels name them: Qualcomm, MediaTek, USB sticks. */
const MOBILE = /^(rmnet|ccmni|wwan|ppp)/

/** NetworkManager is asked again after so long, milliseconds: each question is a process. */
const HOLDS_MS = 300_000

/** The interface of the default route (proc_pid_net(5)); null where there is none, or the kernel keeps it from us. */
const defaultInterface = async ({ procRoot }: Machine): Promise<string | null> =>
  /^(\S+)\t00000000\t/m.exec((await readText(procRoot, 'net/route')) ?? '')?.[1] ?? null

/** What NetworkManager knows: `yes`, `no`, `yes (guessed)`, … for each interface. */
const isMeteredByManager = async ({ ask }: Machine, name: string): Promise<boolean | null> => {
  const told = await ask('nmcli', ['-g', 'GENERAL.METERED', 'device', 'show', name], 2000)
  if (told === null || told.startsWith('unknown')) return null
  return told.startsWith('yes')
}

/** The network of the default route, and whether it is metered, where something tells; null where there is no such route. */
export const readMetered = async (
  machine: Machine,
): Promise<{ readonly name: string; readonly isMetered: boolean | null } | null> => {
  const name = await defaultInterface(machine)
  if (name === null) return null
  return { name, isMetered: MOBILE.test(name) ? true : await isMeteredByManager(machine, name) }
}

/**
 * Makes a reader for samples, which wait for no program: it tells what NetworkManager said last of the network of the default
 * route, null before its first word, and asks it beside.
 */
export const createMeteredReader = (machine: Machine, clock: Clock): (() => Promise<boolean | null>) => {
  let name: string | null = null
  let told: boolean | null = null
  let askedMs = -Infinity
  const ask = async (asked: string): Promise<void> => {
    askedMs = clock.monotonic()
    const answer = await isMeteredByManager(machine, asked)
    if (asked === name) told = answer
  }
  return async () => {
    const route = await defaultInterface(machine)
    if (route !== name) {
      name = route
      told = null
      askedMs = -Infinity
    }
    if (name === null) return null
    if (MOBILE.test(name)) return true
    if (clock.monotonic() - askedMs >= HOLDS_MS) void ask(name)
    return told
  }
}
