/** The flags of the worker. */
import { resolve } from '../../../schemas/component.ts'
import { Role } from '../../../schemas/device.ts'
import { LogLevel } from '../../../schemas/log.ts'
import { id, integer } from '../../../schemas/primitives.ts'
import { flag, optional } from '../options/flag.ts'
import { dataHome } from '../options/paths.ts'
import { commaList, ofSchema, parsed, secret, text, toggle } from '../options/readers.ts'
import { parseToken } from '../../link/token.ts'
import { joinReader } from './named-nodes.ts'
import { policyFlags } from './policy-flags.ts'
import { sizeOrShare } from './size-or-share.ts'

/** Which node the device joins, who it is there, and what its owner allows. */
export const workerFlags = {
  join: optional(
    joinReader,
    'The cluster node to join; port 8080 where none is named. Several nodes of a cluster with commas between them, each with #FINGERPRINT where its key is another than that in the token. auto looks for the node in the network, by the fingerprint in its token.',
    'the node of last time',
  ),
  token: optional(
    secret(parsed('TOKEN', parseToken, 'a join token as the node printed it, TOKEN.FINGERPRINT or TOKEN')),
    'Join token, as the node printed it, with the fingerprint of its key behind a dot; needed the first time only.',
  ),
  insecure_link: flag(
    toggle,
    'Speak plain to a node that is not on this machine, where the token bears no fingerprint: whoever is on the way can read and change what is said.',
    false,
  ),
  device_id: optional(ofSchema(id(''), 'ID'), 'Name of this device in the cluster.', 'kept in the data directory'),
  role: flag(
    ofSchema(Role, 'ROLE'),
    'What the device is for: compute, mobile, storage, or a word of your own.',
    'compute',
  ),
  tags: flag(commaList(ofSchema(id(''), 'TAG')), 'Tags of the device.', [], 'none'),
  slots: optional(
    ofSchema(integer('', 1, 65_536), 'N'),
    'How many tasks it runs at a time.',
    'its processor cores; half of them where it has a battery',
  ),
  allow: flag(
    commaList(text('TYPE')),
    'What the cluster may do on this device beyond echo, sleep and system_info: http_request, command, python, python_eval, javascript, wasm; shell widens command by lines for /bin/sh, lan widens http_request by this device and the network around it.',
    [],
    'nothing more',
  ),
  tasks: optional(
    text('FILE'),
    'An ES module with task types of your own, which run with your rights: export default { NAME: { schema, run } }. Changed, it is read again.',
    'none',
  ),
  ...policyFlags,
  max_cache: optional(
    sizeOrShare,
    'How much of the files of tasks it keeps for the next ones: 2GB, 512MB, or a share of the disk such as 5%.',
    '10% of the disk, and 10GB at the most',
  ),
  data_dir: flag(
    text('DIR'),
    'Directory of the worker: its identity, and results that wait for the node.',
    (environment) => dataHome(environment, 'retire-cluster-worker'),
    '$XDG_DATA_HOME/retire-cluster-worker',
  ),
  log_level: flag(ofSchema(resolve(LogLevel) as typeof LogLevel, 'LEVEL'), 'Least level that is logged.', 'info'),
} as const
