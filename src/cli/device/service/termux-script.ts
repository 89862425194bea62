/** The script of Termux:Boot: a loop in a POSIX shell, since Android has no manager of services for apps. */
import { forShell } from './quoted.ts'
import { recordOf } from './record.ts'
import { FINAL_CODE, type Service, variablesOf } from './service.ts'

/** The files of the loop. */
export type LoopFiles = {
  /** The script itself. */
  readonly script: string
  /** What the worker says. */
  readonly log: string
  /** The process id of the loop, while it runs. */
  readonly pid: string
}

/** How often the loop looks after its worker, seconds: so long at the most a crash goes unseen. It costs a phone nothing beside a heartbeat. */
const LOOK_SECONDS = 30

/** The log is begun anew at this size, and the last one kept beside it: 2 MiB at the most, for years. */
const LOG_BYTES = 1_048_576

/**
 * The script.
 * @param shell - the `sh` of Termux
 * @param written - files that belong to it, besides the script
 */
export const termuxScript = (
  service: Service,
  files: LoopFiles,
  {
    shell,
    written,
    lookSeconds = LOOK_SECONDS,
    logBytes = LOG_BYTES,
  }: {
    readonly shell: string
    readonly written: readonly string[]
    readonly lookSeconds?: number
    readonly logBytes?: number
  },
): string => {
  const variables = variablesOf(service, FINAL_CODE).map(([name, value]) => `export ${name}=${forShell(value)}`)
  const [script, log, pid] = [files.script, files.log, files.pid].map(forShell)
  return `#!${shell}
# ${recordOf(written)}
# Keeps the worker running, from the start of the device on, until it is told to stop or its node refuses it.
${variables.join('\n')}

# A second loop would be in the way of the first. A process id that was given to another program since is none.
other=$(cat ${pid} 2>/dev/null)
if [ -n "$other" ] && [ "$other" != $$ ] && tr '\\0' '\\n' 2>/dev/null <"/proc/$other/cmdline" | grep -qxF ${script}; then
  exit 0
fi
echo $$ >${pid}

# Without it Android lets the processor sleep, and with it the worker, whenever the screen is off.
termux-wake-lock

worker=
pause=
finish() {
  trap '' TERM INT HUP
  [ -z "$pause" ] || kill "$pause" 2>/dev/null
  if [ -n "$worker" ]; then
    kill -TERM "$worker" 2>/dev/null
    wait "$worker"
  fi
  rm -f ${pid}
  termux-wake-unlock
  exit 0
}
trap finish TERM INT HUP

while :; do
  ${service.argv.map(forShell).join(' ')} </dev/null >>${log} 2>&1 &
  worker=$!
  while kill -0 "$worker" 2>/dev/null; do
    if [ "$(wc -c <${log})" -gt ${logBytes} ]; then
      # Copied and emptied: the worker holds the file open, and writes on at its end.
      cp ${log} ${log}.old
      : >${log}
    fi
    # Waited for in the background, a signal is heard at once.
    sleep ${lookSeconds} &
    pause=$!
    wait "$pause"
  done
  wait "$worker"
  code=$?
  worker=
  # 0: it was told to stop. ${FINAL_CODE}: its node has refused it, or its flags are wrong; starting it again would not help.
  case $code in
    0 | ${FINAL_CODE}) finish ;;
  esac
  echo "the worker ended with code $code, and is started again" >>${log}
done
`
}
