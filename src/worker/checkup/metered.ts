/** Whether the device is in a network that costs by the byte. */
import { type Machine, readText } from '../machine.ts'
import { type Finding, ok, warning } from './finding.ts'

/** Modems as kernels name them: Qualcomm, MediaTek, USB sticks. */
const MOBILE = /^(rmnet|ccmni|wwan|ppp)/

/** The interface of the default route (proc_pid_net(5)); null where the kernel keeps it from us. */
const defaultInterface = async ({ procRoot }: Machine): Promise<string | null> =>
  /^(\S+)\t00000000\t/m.exec((await readText(procRoot, 'net/route')) ?? '')?.[1] ?? null

/** What NetworkManager knows: `yes`, `no`, `yes (guessed)`, … for each interface. */
const isMeteredByManager = async ({ ask }: Machine, name: string): Promise<boolean | null> => {
  const told = await ask('nmcli', ['-g', 'GENERAL.METERED', 'device', 'show', name], 2000)
  if (told === null || told.startsWith('unknown')) return null
  return told.startsWith('yes')
}

/** Looks at the network; nothing is said where nothing tells. */
export const checkMetered = async (machine: Machine): Promise<readonly Finding[]> => {
  const name = await defaultInterface(machine)
  if (name === null) return []
  const isMetered = MOBILE.test(name) ? true : await isMeteredByManager(machine, name)
  if (isMetered === null) return []
  if (!isMetered) return [ok('metered', `The network of ${name} is not metered.`)]
  return [
    warning(
      'metered',
      `The network of ${name} is metered.`,
      'Use Wi-Fi or a cable, or let only tasks without "not_metered" come here.',
    ),
  ]
}
