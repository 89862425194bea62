/** The flags of a program that runs the cluster node. */
import { flag, optional } from '../options/flag.ts'
import { dataHome } from '../options/paths.ts'
import { secret, text } from '../options/readers.ts'
import { settingFlags } from '../options/settings.ts'
import { TOKEN } from './tokens.ts'

/** Where the node keeps its data, how devices join it, and its settings. */
export const nodeFlags = {
  data_dir: flag(
    text('DIR'),
    'Directory in which the cluster keeps its data; made where it is missing.',
    (environment) => dataHome(environment, 'retire-cluster'),
    '$XDG_DATA_HOME/retire-cluster',
  ),
  join_token: optional(
    secret(text('TOKEN', TOKEN, '1 to 200 letters, digits, hyphens and underscores')),
    'Token with which devices join.',
    'made once, kept in DIR/join-token',
  ),
  ...settingFlags,
} as const
