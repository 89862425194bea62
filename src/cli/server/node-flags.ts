/** The flags of a program that runs the cluster node. */
import { resolve } from 'node:path'
import { bearsPassword, isDatabaseUrl } from '../../store/postgres/address.ts'
import type { Restoration } from '../../store/restore.ts'
import { TOKEN } from '../../link/token.ts'
import { UsageError } from '../failure.ts'
import { flag, optional, type Values } from '../options/flag.ts'
import { dataHome } from '../options/paths.ts'
import { parsed, repeated, secret, text, toggle } from '../options/readers.ts'
import { settingFlags } from '../options/settings.ts'
import { keptFiles } from './tokens.ts'

/** RFC 1123 §2.1, and the underscore that some networks have. */
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})$/

/** A host name, or an address. */
const HOST = /^[A-Za-z0-9.:_-]{1,255}$/

/** Where the node keeps its data, how devices join it, and its settings. */
export const nodeFlags = {
  data_dir: flag(
    text('DIR'),
    'Directory in which the cluster keeps its data; made where it is missing.',
    (environment) => dataHome(environment, 'retire-cluster'),
    '$XDG_DATA_HOME/retire-cluster',
  ),
  database: optional(
    secret(
      parsed(
        'URL',
        (url) => (isDatabaseUrl(url) ? url : undefined),
        'the URL of a PostgreSQL database, such as postgres://user@host/name',
      ),
    ),
    'PostgreSQL database (15 or later) that keeps the state: postgres://user@host/name. Nodes that name the same one are one cluster. A password is better in the variable, PGPASSWORD or ~/.pgpass than on the command line.',
    'a file in DIR (SQLite)',
  ),
  leave_database: flag(
    toggle,
    'Go on with a file in DIR, although its state is in a PostgreSQL database; that is left behind as it is.',
    false,
  ),
  join_token: optional(
    secret(text('TOKEN', TOKEN, '1 to 200 letters, digits, hyphens and underscores')),
    'Token with which devices join.',
    'made once, kept in DIR/join-token',
  ),
  require_approval: flag(
    toggle,
    'A device that joins waits until it is approved (retire-cluster devices approve), and gets no tasks before; one whose join token says so does not wait.',
    false,
  ),
  restore: optional(
    text('FILE'),
    'Start from a backup that retire-cluster backup made; refused where DIR holds a cluster already.',
  ),
  force: flag(toggle, 'With --restore: replace the cluster that DIR holds; it is kept in DIR/replaced-….', false),
  allowed_host: flag(
    repeated(text('NAME', HOST_NAME, 'a host name, without a port')),
    'Name by which this machine may be called, beside its own; requests for any other are refused.',
    [],
    'none',
  ),
  no_advertise: flag(
    toggle,
    'Do not tell the network by multicast DNS that there is a node; devices then need its address (--join HOST).',
    false,
  ),
  advertise_address: optional(
    text('HOST', HOST, 'a host name or an address'),
    'Host by which devices, and the other nodes of the same --database, reach this one.',
    'its address in its network',
  ),
  tls_cert: optional(
    text('FILE'),
    'Certificate (PEM, with its chain) of every port of this program; with --tls-key. Devices know its key: keep that when you renew it.',
    'off loopback one is made for the device link, kept in DIR',
  ),
  tls_key: optional(text('FILE'), 'Private key of --tls-cert (PEM).'),
  insecure_link: flag(
    toggle,
    'Speak plain on the link between node and devices (or API servers), also off loopback: whoever is on the way can read and change what is said.',
    false,
  ),
  ...settingFlags,
} as const

/**
 * What `--restore` and `--force` ask for; undefined where nothing is to be restored.
 * @throws UsageError for a `--force` that nothing goes with, and where the state is in a database
 */
export const restorationOf = ({
  restore,
  force,
  database,
}: Pick<Values<typeof nodeFlags>, 'restore' | 'force' | 'database'>): Restoration | undefined => {
  if (database !== undefined && (restore !== undefined || force))
    throw new UsageError(
      '--restore takes a backup of the file in DIR; a database is restored with pg_restore or what its owner uses, before the start.',
    )
  if (restore === undefined && force) throw new UsageError('--force goes with --restore FILE.')
  if (restore === undefined) return undefined
  return { file: resolve(restore), beside: keptFiles, existing: force ? 'keep-beside' : 'refuse' }
}

/**
 * What to do where the state of the directory is in a database, and none is named.
 * @throws UsageError for `--leave-database` beside a database
 */
export const elsewhereOf = ({
  database,
  leave_database,
}: Pick<Values<typeof nodeFlags>, 'database' | 'leave_database'>): 'refuse' | 'leave' => {
  if (!leave_database) return 'refuse'
  if (database !== undefined)
    throw new UsageError(
      '--leave-database goes with a start that names no database (--database, RETIRE_CLUSTER_DATABASE).',
    )
  return 'leave'
}

/** The flags whose values nobody else should see on the command line; of a database that is so where its URL bears a password. */
export const secretsOf = ({ database }: Pick<Values<typeof nodeFlags>, 'database'>): readonly string[] => [
  'join_token',
  ...(database !== undefined && bearsPassword(database) ? ['database'] : []),
]
