/** The script behind the join line: POSIX, for dash, the sh of Termux and that of macOS. */
import { curlFlags, type Door, urlOf } from './join-line.ts'
import { WORKER_NODE_FLAGS, WORKER_NODE_VARIABLES } from './worker-node-flags.ts'

/** What the worker needs (package.json, `engines`). */
export const MIN_NODE = { major: 22, minor: 16 } as const

/**
 * Fetches the worker, checks it, and puts it in place whole. Node does it, because Node is there when this runs, and
 * curl, wget or sha256sum may not be. The hash says whether it is the right file, whoever sent it: of TLS nothing is asked.
 * Without an apostrophe: it stands between two of them in the script.
 */
const FETCH_WORKER = `
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
const [url, expected, file] = process.argv.slice(1)
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex")
const fail = (sentence) => { console.error("retire-cluster: " + sentence); process.exit(1) }
if (!existsSync(file) || sha256(readFileSync(file)) !== expected) {
  const { get } = await import(url.startsWith("https:") ? "node:https" : "node:http")
  const failed = (error) => fail("cannot download " + url + ": " + error.message)
  const response = await new Promise((resolve) => get(url, { rejectUnauthorized: false }, resolve).on("error", failed))
  if (response.statusCode !== 200) fail("cannot download " + url + ": HTTP " + response.statusCode)
  const bytes = Buffer.concat(await response.toArray().catch(failed))
  if (sha256(bytes) !== expected) fail("the worker that came from " + url + " is not the one that this script was made for. Paste the line once more.")
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file + "." + process.pid, bytes, { mode: 0o600 })
  renameSync(file + "." + process.pid, file)
}
`.trim()

const VARIABLES = Object.entries(WORKER_NODE_VARIABLES)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ')

/** The line that runs the script, without a token. */
const lineOf = (door: Door): string =>
  `curl ${curlFlags('fsS', door)} ${urlOf(door, '/join')} | sh -s -- TOKEN [worker flags...]`

/**
 * The script that joins a device. All of it is a function that the last line calls, so that half a download runs nothing.
 * @param sha256 - of the one-file worker, hexadecimal
 */
export const joinScript = (door: Door, sha256: string): string => `#!/bin/sh
# Makes this device a worker of the Retire-Cluster node at ${door.node}. Usage:
#   ${lineOf(door)}
# It puts one file into the data directory below, and runs it with the Node that is installed here. It changes nothing
# else, and needs no root. What the worker may run is said by its flags; --help lists them.

retire_cluster_join() {
  set -eu
  case "\${1:-}" in
    '' | --*)
      echo 'retire-cluster: the join token is missing. Usage:' >&2
      echo '  ${lineOf(door)}' >&2
      exit 2
      ;;
  esac
  token=$1
  shift

  if ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > ${MIN_NODE.major} || (major === ${MIN_NODE.major} && minor >= ${MIN_NODE.minor}) ? 0 : 1)
  ' 2>/dev/null </dev/null; then
    found=$(node --version 2>/dev/null </dev/null || echo none)
    echo "retire-cluster: Node ${MIN_NODE.major}.${MIN_NODE.minor} or newer is needed; found: $found. To install it:" >&2
    case "$(uname -o 2>/dev/null || uname -s)" in
      Android) echo '  pkg install nodejs-lts' >&2 ;;
      Darwin) echo '  brew install node        (or the installer at https://nodejs.org/en/download)' >&2 ;;
      *)
        echo '  Debian, Ubuntu, Raspberry Pi OS:' >&2
        echo '    curl -fsSL https://deb.nodesource.com/setup_22.x | sudo -E bash - && sudo apt-get install -y nodejs' >&2
        echo '  Alpine: apk add nodejs    Fedora: dnf install nodejs    others: https://nodejs.org/en/download' >&2
        ;;
    esac
    echo 'Then paste the line once more.' >&2
    exit 1
  fi

  directory="\${XDG_DATA_HOME:-\${HOME:?is not set}/.local/share}/retire-cluster-worker"
  node --input-type=module -e '${FETCH_WORKER}' '${urlOf(door, '/worker.mjs')}' '${sha256}' "$directory/worker.mjs" </dev/null
  echo 'retire-cluster: joining the cluster at ${door.node}. Stop with Ctrl-C; paste the line again to come back.' >&2
  # By a variable: on the command line every user of this device would see it for as long as the worker runs.
  export RETIRE_CLUSTER_TOKEN="$token"
  exec env ${VARIABLES} node ${WORKER_NODE_FLAGS.join(' ')} "$directory/worker.mjs" --join '${door.node}' "$@" </dev/null
}

retire_cluster_join "$@"
`

/**
 * A script that says one sentence and fails.
 * @param sentence - without an apostrophe
 */
export const unavailableScript = (sentence: string): string => `#!/bin/sh
echo 'retire-cluster: ${sentence}' >&2
exit 1
`
