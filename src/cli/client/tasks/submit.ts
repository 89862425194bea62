/** `retire-cluster tasks submit`. */
import { newIdempotencyKey } from '../../../client/idempotency.ts'
import { TaskListQuery } from '../../../../schemas/task-requests.ts'
import { UsageError } from '../../failure.ts'
import { flag, optional } from '../../options/flag.ts'
import { ofSchema, repeated, text, toggle } from '../../options/readers.ts'
import { readTask } from '../awaiting.ts'
import { command } from '../command.ts'
import { uploadInputs } from '../files/inputs.ts'
import { readObject } from '../json-input.ts'
import { printRecord } from '../output.ts'
import {
  exitCode,
  idempotencyKey,
  inputFileFlag,
  overwriteFlag,
  placementFlags,
  submissionFlags,
  submissionOptions,
} from './flags.ts'
import { fetchInto, filesOfOne } from './fetch.ts'
import { showEnd } from './live.ts'
import { submitTask } from './submitting.ts'

/** The command. */
export const submit = command({
  name: 'submit',
  summary: 'Submit a task; with --wait, wait for its end and show it.',
  args: [{ name: 'TASK_TYPE', description: 'The task type: echo, sleep, system_info, command, …' }],
  flags: {
    payload: flag(text('JSON'), 'What the task works on: a JSON object, @FILE, or - for the standard input.', '{}'),
    device: optional(ofSchema(TaskListQuery.properties.device_id, 'DEVICE_ID'), 'Run it on this device and no other.'),
    ...submissionFlags,
    ...placementFlags,
    input_file: inputFileFlag,
    output_file: flag(
      repeated(text('NAME')),
      'A file that the task leaves in its directory, and that is kept; repeat it for several.',
      [],
      'none',
    ),
    out: optional(text('DIR'), 'With --wait: fetch the files that it leaves into this directory.'),
    overwrite: overwriteFlag,
    wait: flag(toggle, 'Wait for its end; a failed task ends with exit code 4.', false),
    exit_code: exitCode,
    idempotency_key: idempotencyKey,
  },
  examples: [
    `retire-cluster tasks submit echo --payload '{"message": "test"}'`,
    `retire-cluster tasks submit command --payload '{"command": ["uname", "-a"]}' --requirements '{"platform": "android"}' --wait`,
    `retire-cluster tasks submit command --payload '{"command": ["sort", "names.txt", "-o", "sorted.txt"]}' --input-file names.txt --output-file sorted.txt --wait --out .`,
    'echo \'{"duration": 2}\' | retire-cluster tasks submit sleep --payload - --wait',
  ],
  run: async ({ api, output, environment }, values, [task_type = '']) => {
    if (values.out !== undefined && !values.wait)
      throw new UsageError(
        '--out fetches what the task leaves when it has ended: give --wait too, or tasks fetch later.',
      )
    const inputs = await uploadInputs({ api, output }, values.input_file, environment)
    const body = {
      task_type,
      payload: await readObject('--payload', values.payload),
      ...(values.device === undefined ? {} : { device_id: values.device }),
      ...(inputs.length === 0 ? {} : { inputs: [...inputs] }),
      ...(values.output_file.length === 0 ? {} : { outputs: [...values.output_file] }),
      ...(await submissionOptions(values)),
    }
    const { idempotency_key: key = newIdempotencyKey() } = values
    const submitted = await submitTask(api, { body, key })
    if (!values.wait) return printRecord(output, submitted)
    await showEnd({ api, output }, submitted.task_id, { handThrough: values.exit_code })
    if (values.out === undefined) return
    const wanted = filesOfOne(await readTask(api, submitted.task_id))
    await fetchInto({ api, output }, wanted, { root: values.out, overwrite: values.overwrite })
  },
})
