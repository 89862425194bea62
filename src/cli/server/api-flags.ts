/** The flags of the API server. */
import { isIP } from 'node:net'
import { integer } from '../../../schemas/primitives.ts'
import { defaultLimits } from '../../api/limits/budgets.ts'
import { parseToken } from '../../link/token.ts'
import { flag, optional } from '../options/flag.ts'
import { ofSchema, parsed, repeated, secret, text, toggle } from '../options/readers.ts'
import { nodeFlags } from './node-flags.ts'

/** What stands in a header, and so can be a key: visible ASCII (RFC 9110 §5.5), no spaces. */
const KEY = /^[\x21-\x7e]{1,256}$/

const parseOrigin = (written: string): string | undefined => {
  const url = URL.parse(written)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined
  return [url.origin, `${url.origin}/`].includes(written.toLowerCase()) ? url.origin : undefined
}

/** An address or a network (CIDR), as Fastify's `trustProxy` takes them. */
const parseNetwork = (written: string): string | undefined => {
  if (written === 'loopback') return written
  const [address = '', prefix, ...rest] = written.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
  return bits > 0 && isPrefix && rest.length === 0 ? written : undefined
}

/** A size as the config has it. */
const SIZE = /^[1-9]\d{0,5}(?:KB|MB|GB)$/

/** More than any client asks; the headers that tell of it are bounded. */
const MOST_REQUESTS = 1_000_000_000
const MOST_STREAMS = 100_000

/** The address and the doors of the API, and the flags of the node that it embeds. */
export const apiFlags = {
  host: flag(
    text('ADDRESS'),
    'Address that the API listens on; one off loopback needs --auth or --insecure.',
    '127.0.0.1',
  ),
  port: flag(ofSchema(integer('', 0, 65_535), 'PORT'), 'Port that the API listens on; 0 picks a free one.', 8081),
  auth: flag(
    toggle,
    'Ask every caller for an API key; without any, one is made at the first start and shown once.',
    false,
  ),
  api_key: flag(
    secret(repeated(text('KEY', KEY, '1 to 256 visible ASCII characters without a space or comma'))),
    'A key that may do everything. On the command line every user of the machine sees it in the list of processes: prefer the variable.',
    [],
    'none',
  ),
  new_admin_key: {
    ...flag(
      toggle,
      'Make another key that may do everything in the data directory of a node that is stopped, print it, and end.',
      false,
    ),
    inFile: false,
  },
  tls_self_signed: flag(
    toggle,
    'Serve the API by https, with a certificate that is made at the first start and kept in DIR.',
    false,
  ),
  insecure: flag(toggle, 'Listen off loopback without --auth: whoever reaches the port commands the cluster.', false),
  no_rate_limit: flag(toggle, 'Let every caller ask as much as it likes.', false),
  rate_limit_read: flag(
    ofSchema(integer('', 1, MOST_REQUESTS), 'N'),
    'Requests that change nothing, of one key (or address) in 15 minutes.',
    defaultLimits.read,
  ),
  rate_limit_write: flag(
    ofSchema(integer('', 1, MOST_REQUESTS), 'N'),
    'Requests that change something, of one key (or address) in 15 minutes; a batch of tasks is one.',
    defaultLimits.write,
  ),
  rate_limit_streams: flag(
    ofSchema(integer('', 1, MOST_STREAMS), 'N'),
    'Monitor streams of one key (or address) at a time.',
    defaultLimits.streams,
  ),
  rate_limit_bytes: flag(
    text('SIZE', SIZE, 'a whole number and KB, MB or GB, such as 100GB'),
    'Files that go in and out, of one key (or address) in 15 minutes: KB, MB or GB (powers of 1024).',
    '100GB',
  ),
  rate_limit_transfers: flag(
    ofSchema(integer('', 1, MOST_STREAMS), 'N'),
    'Files of one key (or address) that go in or out at a time.',
    defaultLimits.transfers,
  ),
  cors_origin: flag(
    repeated(parsed('ORIGIN', parseOrigin, 'an origin such as https://dashboard.example, without a path')),
    'Origin whose pages may call the API from a browser; without it, only pages that the API serves itself may.',
    [],
    'none',
  ),
  trust_proxy: flag(
    repeated(parsed('ADDRESS', parseNetwork, 'an address, a network such as 10.0.0.0/8, or loopback')),
    'Proxy whose X-Forwarded-For is believed: its address or network. Without it, callers are who connects.',
    [],
    'none',
  ),
  cluster_host: optional(
    text('HOST', /^[A-Za-z0-9.:_-]{1,255}$/, 'a host name or an address'),
    'Speak for the cluster node there (with --cluster-port and --cluster-token), instead of running one in this process.',
    'the node runs in this process',
  ),
  cluster_token: optional(
    secret(parsed('TOKEN', parseToken, 'a cluster token as retire-cluster-main prints it, TOKEN.FINGERPRINT or TOKEN')),
    'Cluster token of the node at --cluster-host, with the fingerprint of its key behind a dot.',
    'none',
  ),
  local_worker: flag(toggle, 'Start a worker on this machine too, as a process of its own, in DIR/worker.', false),
  ...nodeFlags,
} as const
