/** `retire-cluster backup`: a copy of a node's data. It reads the data directory, and asks no API. */
import { resolve } from 'node:path'
import { backUp } from '../../store/backup.ts'
import { flag } from '../options/flag.ts'
import { text, toggle } from '../options/readers.ts'
import { worded } from '../server/known-failures.ts'
import { keptFiles } from '../server/tokens.ts'
import { command as declareCommand } from './command.ts'
import { nodeDirectory } from './node-directory.ts'
import { printRecord } from './output.ts'

/** Nothing is said of a backup that takes less than so many milliseconds, nor more often. */
const TELL_MS = 1000

/** Tells a person how far a long backup is, on one line that is rewritten; a log file gets none of it. */
const teller = () => {
  let toldMs = performance.now()
  let isShown = false
  return {
    progress: (share: number) => {
      if (!process.stderr.isTTY || performance.now() - toldMs < TELL_MS) return
      toldMs = performance.now()
      isShown = true
      process.stderr.write(`\rcopied ${Math.floor(share * 100)} %`)
    },
    end: () => {
      if (isShown) process.stderr.write('\r             \r')
    },
  }
}

/** The command. */
export const command = declareCommand({
  name: 'backup',
  summary: 'Copy the data of a node of this machine into one file, while it runs.',
  args: [{ name: 'FILE', description: 'The file to make; it holds tokens, and is for its owner alone.' }],
  flags: {
    data_dir: flag(
      text('DIR'),
      'Data directory of the node.',
      nodeDirectory,
      '$RETIRE_CLUSTER_DATA_DIR, else $XDG_DATA_HOME/retire-cluster',
    ),
    force: flag(toggle, 'Replace FILE where it exists.', false),
  },
  examples: [
    'retire-cluster backup /media/usb/cluster.backup',
    'retire-cluster backup nightly.backup --force --data-dir /srv/retire-cluster',
  ],
  run: ({ output }, { data_dir, force }, [name = '']) =>
    worded(async () => {
      const began = performance.now()
      const file = resolve(name)
      const { progress, end } = teller()
      const { bytes, tasks } = await backUp({
        dataDir: data_dir,
        file,
        beside: keptFiles,
        existing: force ? 'replace' : 'refuse',
        progress,
      }).finally(end)
      const duration_seconds = Math.round(performance.now() - began) / 1000
      await printRecord(output, { file, size_bytes: bytes, tasks, duration_seconds })
    }),
})
