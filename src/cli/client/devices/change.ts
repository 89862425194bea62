/** Commands on many devices: named one by one, by the standard input, or by a tag. */
import type { DeviceBatch, DeviceBatchOutcome } from '../../../../schemas/device-requests.ts'
import { UsageError } from '../../failure.ts'
import type { Context } from '../command.ts'
import { Refusal } from '../failures.ts'
import { idsOf, perCall } from '../ids.ts'
import { type Column, printList } from '../output.ts'

type Outcome = DeviceBatchOutcome['outcomes'][number]

const columns: readonly Column<Outcome>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'ok', of: ({ ok }) => ok },
  { name: 'error', of: ({ code }) => code },
]

/** What is asked, once or as often as it takes for all ids. */
const requestsOf = async (
  { args, tag }: { readonly args: readonly string[]; readonly tag: string | undefined },
  change: Pick<DeviceBatch, 'set' | 'approve' | 'remove'>,
): Promise<DeviceBatch[]> => {
  if (tag !== undefined) return [{ tag, ...change }]
  return perCall(await idsOf(args)).map((device_ids) => ({ device_ids, ...change }))
}

/**
 * Does something to many devices, by as few calls as it takes, and prints what became of each.
 * @throws Refusal where some were refused
 */
export const changeDevices = async (
  { api, output }: Context,
  selection: { readonly args: readonly string[]; readonly tag: string | undefined },
  change: Pick<DeviceBatch, 'set' | 'approve' | 'remove'>,
): Promise<void> => {
  if (selection.args.length > 0 === (selection.tag !== undefined))
    throw new UsageError('Name devices, or a tag by --tag. See --help.')
  const whole = { outcomes: [] as Outcome[], changed: 0 }
  for (const body of await requestsOf(selection, change)) {
    const { outcomes, changed } = await api.call('updateDevices', { body })
    whole.outcomes.push(...outcomes)
    whole.changed += changed
  }
  await printList(output, { whole, rows: whole.outcomes, columns })
  const refused = whole.outcomes.filter(({ ok }) => !ok)
  const [first] = refused
  if (first !== undefined)
    throw new Refusal(
      `${refused.length} of ${whole.outcomes.length} devices were refused; the first: ${first.device_id} (${first.code ?? 'unknown'})`,
    )
}
