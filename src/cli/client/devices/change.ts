/** Commands on many devices: named one by one, by the standard input, or by a tag. */
import type { DeviceBatch, DeviceBatchOutcome } from '../../../../schemas/device-requests.ts'
import { UsageError } from '../../failure.ts'
import type { Context } from '../command.ts'
import { Refusal } from '../failures.ts'
import { idsOf, perCall } from '../ids.ts'
import { shownAsOne } from '../outcomes.ts'
import { type Column, type Output, printList } from '../output.ts'

type Outcome = DeviceBatchOutcome['outcomes'][number]

const columns: readonly Column<Outcome>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'ok', of: ({ ok }) => ok },
  { name: 'error', of: ({ code }) => code },
]

type Selection = { readonly args: readonly string[]; readonly tag: string | undefined }
type Change = Pick<DeviceBatch, 'set' | 'approve' | 'remove'>

/** Asks for it, once or as often as it takes for all ids. */
const stepwise = async function* (
  { api }: Context,
  { args, tag }: Selection,
  change: Change,
): AsyncGenerator<DeviceBatchOutcome> {
  const some = tag === undefined ? perCall(await idsOf(args)).map((device_ids) => ({ device_ids })) : [{ tag }]
  for (const devices of some) yield await api.call('updateDevices', { body: { ...devices, ...change } })
}

/** To people, one sentence. */
const tellDone = ({ format, quiet, note }: Output, outcomes: readonly Outcome[], state: string): void => {
  const [first] = outcomes
  if (first === undefined || quiet || format !== 'table') return
  const who = outcomes.length === 1 ? `${first.device_id} is` : `${outcomes.length} devices are`
  note(`${who} ${state}.\n`)
}

/**
 * Does something to many devices, by as few calls as it takes, and prints what became of each: also where a later call fails.
 * @param state - what those devices are for which it is done, within a sentence
 * @throws Refusal where some were refused
 */
export const changeDevices = async (
  context: Context,
  selection: Selection,
  change: Change,
  state: string,
): Promise<void> => {
  if (selection.args.length > 0 === (selection.tag !== undefined))
    throw new UsageError('Name devices, or a tag by --tag. See --help.')
  const { outcomes } = await shownAsOne({ outcomes: [], changed: 0 }, stepwise(context, selection, change), (whole) =>
    printList(context.output, { whole, rows: whole.outcomes, columns }),
  )
  const refused = outcomes.filter(({ ok }) => !ok)
  const [first] = refused
  if (first === undefined) {
    tellDone(context.output, outcomes, state)
    return
  }
  const which = `${first.device_id} (${first.code ?? 'unknown'})`
  const [count, total] = [refused.length, outcomes.length]
  throw new Refusal(
    total === 1
      ? `The device was refused: ${which}`
      : `${count} of ${total} devices ${count === 1 ? 'was' : 'were'} refused; the first: ${which}`,
  )
}
