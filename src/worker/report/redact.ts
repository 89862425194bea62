/**
 * Takes out of a report what tells one device, or its owner, from others: serial numbers, addresses, names of machine, user and Wi-Fi.
 * What is replaced keeps its shape, so that the copy is read like the original, and the same is replaced by the same throughout.
 */
import type { Recorded, Told } from './record.ts'

/** Whose names are taken out. */
export type Owned = { readonly hostname: string; readonly user: string }

/** Replaces the values that a pattern finds by made-up ones, each by the same wherever it stands. */
const replacing = (pattern: RegExp, madeUp: (number: number) => string, isKept: (value: string) => boolean) => {
  const known = new Map<string, string>()
  const replacementOf = (found: string): string => {
    const key = found.toLowerCase()
    if (isKept(key)) return found
    const made = known.get(key) ?? madeUp(known.size + 1)
    known.set(key, made)
    return made
  }
  return { replacementOf, in: (text: string) => text.replace(pattern, replacementOf) }
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')

/** Files that hold nothing but a number or a name of this one device, by their names. */
const IDENTIFIER = /(?:^|\/)(?:machine-id|[^/]*serial[^/]*|[^/]*uuid|boot_id|wwid|cid|unique_id)$/i
/** Files whose words are those of the maker, and may by chance be the name of the machine too (`debian`, `pi`). */
const OF_THE_MAKER =
  /^(?:etc\/os-release|proc\/(?:cpuinfo|vmstat|net\/dev|device-tree\/.*)|sys\/(?:class\/dmi|devices)\/.*|.*\/(?:type|name|status|scope|health))$/

/** Properties of Android that tell of the product, and not of the one device. */
const OF_THE_PRODUCT = /^ro\.(?:product|build\.version|soc|board|hardware)[.=]/

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const BOUNDARY = '[A-Za-z0-9_]'
const whole = (word: string): RegExp => new RegExp(`(?<!${BOUNDARY})${escaped(word)}(?!${BOUNDARY})`, 'gi')

/** Makes what takes everything out. */
const createRedaction = ({ hostname, user }: Owned) => {
  // Documentation's own: RFC 7042 §2.1.2, RFC 5737, RFC 3849.
  const mac = replacing(
    /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi,
    (number) => `00:00:5e:00:53:${hex(number % 256, 2)}`,
    (value) => value === '00:00:00:00:00:00' || value === 'ff:ff:ff:ff:ff:ff',
  )
  const ipv4 = replacing(
    /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
    (number) => `192.0.2.${number % 256}`,
    (value) => /^(?:127|0|255)\./.test(value),
  )
  const ipv6 = replacing(
    /(?<![:\w.])(?:[0-9a-f]{1,4}:){1,7}(?::?[0-9a-f]{1,4}){1,7}(?![:\w])/gi,
    (number) => `2001:db8::${hex(number, 1)}`,
    (value) => value === '::1' || /^[f:0]+$/.test(value) || !(value.includes('::') || value.split(':').length === 8),
  )
  const uuid = replacing(
    /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi,
    (number) => `00000000-0000-4000-8000-${hex(number, 12)}`,
    () => false,
  )
  /** Interfaces may be named after their addresses: `enx001122334455` (systemd.net-naming-scheme(7)). */
  const namedByMac = (text: string) =>
    text.replace(/\b(en|wl|ww)x([0-9a-f]{12})\b/gi, (_name, kind: string, digits: string) => {
      const address = mac.replacementOf(digits.replace(/(..)(?=.)/g, '$1:'))
      return `${kind}x${address.replaceAll(':', '')}`
    })
  const numbers = (text: string) =>
    ipv6.in(mac.in(namedByMac(uuid.in(text)))).replace(/("b?ssid"\s*:\s*")[^"]*/gi, '$1redacted')
  const owners = [[hostname, 'redacted-host'] as const, [user, 'redacted-user'] as const].filter(
    ([word]) => word !== '',
  )
  const names = (text: string) =>
    owners.reduce((changed, [word, replacement]) => changed.replace(whole(word), replacement), text)
  return { ipv4: ipv4.in, numbers, names }
}

type Redaction = ReturnType<typeof createRedaction>

/** Destination and gateway stand there as hexadecimal numbers in the byte order of the machine (proc_pid_net(5)). */
const withoutRoutes = (text: string): string =>
  text.replace(/^(\S+\t)([0-9A-F]{8})\t([0-9A-F]{8})\t/gm, (_line, name: string, to: string, by: string) => {
    const made = (address: string) => (address === '00000000' ? address : '000200C0')
    return `${name}${made(to)}\t${made(by)}\t`
  })

const contentOf = (place: string, text: string, { ipv4, numbers, names }: Redaction): string => {
  if (text === '') return text
  if (IDENTIFIER.test(place)) return 'redacted\n'
  if (place === 'system/build.prop')
    return `${text
      .split('\n')
      .filter((line) => OF_THE_PRODUCT.test(line))
      .join('\n')}\n`
  if (place === 'proc/cpuinfo') return numbers(text).replace(/^(Serial\s*:).*$/gim, '$1 redacted')
  if (place === 'proc/net/route') return withoutRoutes(numbers(text))
  if (OF_THE_MAKER.test(place)) return numbers(text)
  return names(ipv4(numbers(text)))
}

/** Of programs that tell of much, what the worker looks for. */
const linesOf: Readonly<Record<string, RegExp>> = {
  dumpsys: /com\.termux/,
  ioreg: /IOPlatformUUID|IOPlatformExpertDevice/,
}

const saidOf = (line: string, said: string, { ipv4, numbers, names }: Redaction): string => {
  const wanted = linesOf[line.split(' ', 1)[0] ?? '']
  const kept =
    wanted === undefined
      ? said
      : said
          .split('\n')
          .filter((text) => wanted.test(text))
          .join('\n')
  return line.startsWith('getprop ') ? numbers(kept) : names(ipv4(numbers(kept)))
}

const toldOf = (told: Told, redaction: Redaction): Told => {
  const { ipv4, numbers, names } = redaction
  const { cpus, ...system } = told.system
  // The processors are the maker's; in all the rest names and addresses may stand.
  const rest = JSON.parse(names(ipv4(numbers(JSON.stringify(system))))) as Told['system']
  const programs = Object.entries(told.programs).map(([line, said]) => [
    names(numbers(line)),
    saidOf(line, said, redaction),
  ])
  return {
    ...told,
    system: { ...rest, release: system.release, machine: system.machine, cpus },
    programs: Object.fromEntries(programs) as Told['programs'],
  }
}

/** The report without what is nobody's business. */
export const redact = ({ files, told }: Recorded, owned: Owned): Recorded => {
  const redaction = createRedaction(owned)
  return {
    files: new Map([...files].map(([place, text]) => [redaction.numbers(place), contentOf(place, text, redaction)])),
    told: toldOf(told, redaction),
  }
}
