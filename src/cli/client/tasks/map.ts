/** `retire-cluster tasks map` and `tasks attach`: one task type over many payloads. */
import { newIdempotencyKey } from '../../../client/idempotency.ts'
import { submissionsOf } from '../../../client/mapping.ts'
import { UsageError } from '../../failure.ts'
import { flag, optional } from '../../options/flag.ts'
import { text, toggle } from '../../options/readers.ts'
import { command } from '../command.ts'
import { concludeFiles, followFileBatch } from '../files/file-batch.ts'
import { uploadInputs } from '../files/inputs.ts'
import { readObjects } from '../json-input.ts'
import { printRecord } from '../output.ts'
import { concludeBatch, followBatch, printEnds, runBatch, submitDetached } from './batch.ts'
import { batchId, inputFileFlag, overwriteFlag, placementFlags, submissionFlags, submissionOptions } from './flags.ts'

/** The command that submits many tasks. */
export const map = command({
  name: 'map',
  summary: 'Run a task type over many payloads; results are JSON lines in the order of the payloads.',
  args: [{ name: 'TASK_TYPE', description: 'The task type.' }],
  flags: {
    each: optional(text('FILE'), 'The payloads: a file with a JSON object on each line, or - for the standard input.'),
    batch: optional(batchId, 'Name of the batch.', 'one is made'),
    ...submissionFlags,
    ...placementFlags,
    input_file: inputFileFlag,
    detach: flag(toggle, 'Submit them, print the batch, and end; tasks attach gives the results.', false),
  },
  examples: [
    'retire-cluster tasks map echo --each messages.jsonl > results.jsonl',
    'retire-cluster tasks map thumbnail --each photos.jsonl --retries 2 --detach',
    'retire-cluster tasks map wasm --input-file search.wasm --each ranges.jsonl > found.jsonl',
  ],
  run: async ({ api, output, environment }, values, [task_type = '']) => {
    if (values.each === undefined)
      throw new UsageError('Name the payloads by --each FILE, or --each - for the standard input.')
    const payloads = await readObjects('--each', values.each)
    const { batch: batch_id = `map-${newIdempotencyKey()}`, detach } = values
    const options = await submissionOptions(values)
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await api.call('getHealth', {})
    if (payloads.length === 0) return
    const inputs = await uploadInputs({ api, output }, values.input_file, environment)
    const taken = inputs.length === 0 ? {} : { inputs: [...inputs] }
    const submissions = submissionsOf(task_type, payloads, { ...options, ...taken })
    if (detach) {
      const tasks = await submitDetached({ api, output }, batch_id, submissions)
      return printRecord(output, { batch_id, tasks })
    }
    const tasks = await runBatch({ api, output }, batch_id, submissions)
    await printEnds(output, tasks)
    concludeBatch(output, batch_id, tasks)
  },
})

/** The command that goes on with a batch. */
export const attach = command({
  name: 'attach',
  summary: 'Follow a batch to its end, and print its results as JSON lines, or fetch its files; Ctrl-C leaves it.',
  args: [{ name: 'BATCH_ID', description: 'The id of the batch.' }],
  flags: {
    out: optional(text('DIR'), 'Fetch the files that its tasks leave into this directory, as they complete.'),
    overwrite: overwriteFlag,
  },
  examples: [
    'retire-cluster tasks attach nightly > results.jsonl',
    'retire-cluster tasks attach run-1f3870be274f6c49b3e31a0c6728957f --out small',
  ],
  run: async ({ api, output }, { out: root, overwrite }, [batch_id = '']) => {
    // Asked once without patience: a wrong address or name is told at once, and not waited for.
    await api.call('getBatch', { path: { batch_id } })
    if (root !== undefined) {
      const talk = { api, output }
      const ended = await followFileBatch(talk, batch_id, { root, overwrite })
      concludeFiles(talk, ended, `retire-cluster tasks retry --batch ${batch_id}, and this line`)
      return
    }
    const tasks = await followBatch({ api, output }, batch_id)
    await printEnds(output, tasks)
    concludeBatch(output, batch_id, tasks)
  },
})
