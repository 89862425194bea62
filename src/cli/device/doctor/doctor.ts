/** `retire-cluster-worker doctor`: looks the device over, and says what to do. */
import { oneOf } from '../../../../schemas/component.ts'
import { thisMachine } from '../../../worker/machine.ts'
import { print } from '../../client/output.ts'
import { type Program, readCommandLine } from '../../options/command-line.ts'
import { flag, optional } from '../../options/flag.ts'
import { ofSchema, text } from '../../options/readers.ts'
import { openLog } from '../../logging.ts'
import { say } from '../../say.ts'
import type { RunCommand } from '../command.ts'
import { workerFlags } from '../worker-flags.ts'
import { examine } from './examine.ts'
import { writeReport } from './report.ts'
import { checkTaskTypes } from './task-types.ts'
import { fixesOf, inWords } from './words.ts'

const flags = {
  ...workerFlags,
  report: optional(
    text('FILE'),
    'Write what a worker reads of this device to an archive, without serial numbers, addresses and names, and look at nothing else.',
  ),
  output: flag(ofSchema(oneOf(['table', 'json'], 'A format.'), ''), 'How what was found is printed.', 'table'),
} as const

const program: Program<typeof flags> = {
  name: 'retire-cluster-worker doctor',
  summary:
    'Looks at what may keep a worker on this device from working, and says what to do. Changes nothing; takes the flags of the worker.',
  flags,
  examples: [
    'retire-cluster-worker doctor',
    'retire-cluster-worker doctor --join 192.168.1.100 --token TOKEN.FINGERPRINT --allow command',
    'retire-cluster-worker doctor --output json',
    'retire-cluster-worker doctor --report phone.tar',
  ],
}

/** Runs it. Ends with 0 where nothing failed, and with 1 where something did; warnings alone are no failure. */
export const doctor: RunCommand = async (argv, environment, workerFile) => {
  const { values } = await readCommandLine(program, argv, environment)
  const { report } = values
  if (report !== undefined) {
    const files = await writeReport(thisMachine, report)
    say([`wrote ${files} files to ${report}; look through them before you give it away: tar xf ${report} -C DIRECTORY`])
    return 0
  }
  const log = openLog({ level: values.log_level, program: program.name })
  const [examined, ofTaskTypes] = await Promise.all([
    examine(thisMachine, values),
    checkTaskTypes(values.tasks, { workerFile, log }),
  ])
  const findings = [...examined, ...ofTaskTypes]
  const isWell = findings.every(({ state }) => state !== 'failure')
  await print(
    values.output === 'json'
      ? `${JSON.stringify({ ok: isWell, findings, fixes: fixesOf(findings) }, null, 2)}\n`
      : inWords(findings),
  )
  return isWell ? 0 : 1
}
