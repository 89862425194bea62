/** `retire-cluster tasks submit`. */
import { newIdempotencyKey } from '../../../client/idempotency.ts'
import { TaskListQuery } from '../../../../schemas/task-requests.ts'
import { flag, optional } from '../../options/flag.ts'
import { ofSchema, text, toggle } from '../../options/readers.ts'
import { command } from '../command.ts'
import { readObject } from '../json-input.ts'
import { printRecord } from '../output.ts'
import { exitCode, idempotencyKey, requirementsFlag, submissionFlags, submissionOptions } from './flags.ts'
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
    requirements: requirementsFlag,
    wait: flag(toggle, 'Wait for its end; a failed task ends with exit code 4.', false),
    exit_code: exitCode,
    idempotency_key: idempotencyKey,
  },
  examples: [
    `retire-cluster tasks submit echo --payload '{"message": "test"}'`,
    `retire-cluster tasks submit command --payload '{"command": ["uname", "-a"]}' --requirements '{"platform": "android"}' --wait`,
    'echo \'{"duration": 2}\' | retire-cluster tasks submit sleep --payload - --wait',
  ],
  run: async ({ api, output }, values, [task_type = '']) => {
    const body = {
      task_type,
      payload: await readObject('--payload', values.payload),
      ...(values.device === undefined ? {} : { device_id: values.device }),
      ...(await submissionOptions(values)),
    }
    const { idempotency_key: key = newIdempotencyKey() } = values
    const submitted = await submitTask(api, { body, key })
    if (!values.wait) return printRecord(output, submitted)
    await showEnd({ api, output }, submitted.task_id, { handThrough: values.exit_code })
  },
})
