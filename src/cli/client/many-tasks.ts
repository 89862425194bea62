/** Commands on many tasks: named one by one, by the standard input, or as a batch. */
import type { BatchCancellation, BatchSelection } from '../../../schemas/batch.ts'
import { UsageError } from '../failure.ts'
import { Refusal } from './failures.ts'
import { idsOf, perCall } from './ids.ts'
import { shownAsOne } from './outcomes.ts'
import { type Cell, type Column, type Output, printList } from './output.ts'

/** What an operation on many tasks answers. */
type Answer<O> = { readonly outcomes: readonly O[]; readonly changed: number; readonly more: boolean }

/** What became of one task, whatever was asked of it. */
type Outcome = Pick<BatchCancellation['outcomes'][number], 'task_id' | 'error'> & { readonly outcome: string }

/** The positional argument of such a command. */
export const tasksArgument = {
  name: 'TASK_ID',
  description: 'Ids of tasks; - reads them from the standard input, one a line.',
  many: true,
} as const

/** One of several calls. */
type Call = {
  /** How many came before it. */
  readonly step: number
  /** Of a batch: the last task that an earlier call told of. */
  readonly after?: string
}

/**
 * Asks for it as often as it takes: for a thousand ids at a time, of a batch as long as there are more and it comes further.
 * @param ask - one call
 */
const stepwise = async function* <O extends Outcome>(
  selection: { readonly ids: readonly string[] } | { readonly batch_id: string },
  ask: (selection: BatchSelection, call: Call) => Promise<Answer<O>>,
): AsyncGenerator<Answer<O>> {
  if ('ids' in selection) {
    for (const [step, task_ids] of perCall(selection.ids).entries()) yield await ask({ task_ids }, { step })
    return
  }
  let after: string | undefined
  for (let step = 0; ; step += 1) {
    const answer = await ask(selection, { step, ...(after === undefined ? {} : { after }) })
    yield answer
    const last = answer.outcomes.at(-1)?.task_id ?? after
    if (!answer.more || (answer.changed === 0 && last === after)) return
    after = last
  }
}

/**
 * Does something to many tasks, and prints what became of each: also where a later call fails.
 * @param result - the column that tells what was done
 * @throws Refusal where some were refused
 */
export const changeTasks = async <O extends Outcome>(
  output: Output,
  { args, batch }: { readonly args: readonly string[]; readonly batch: string | undefined },
  result: { readonly name: string; readonly of: (outcome: O) => Cell },
  ask: (selection: BatchSelection, call: Call) => Promise<Answer<O>>,
): Promise<void> => {
  if (args.length > 0 === (batch !== undefined)) throw new UsageError('Name tasks, or a batch by --batch. See --help.')
  const columns: readonly Column<O>[] = [
    { name: 'task_id', of: ({ task_id }) => task_id },
    { name: 'outcome', of: ({ outcome }) => outcome },
    result,
    { name: 'error', of: ({ error }) => error?.code ?? null },
  ]
  const selection = batch === undefined ? { ids: await idsOf(args) } : { batch_id: batch }
  const none: Answer<O> = { outcomes: [], changed: 0, more: false }
  const { outcomes } = await shownAsOne(none, stepwise(selection, ask), (whole) =>
    printList(output, { whole, rows: whole.outcomes, columns }),
  )
  const errors = outcomes.flatMap(({ error }) => (error === null ? [] : [error]))
  const [first] = errors
  if (first === undefined) return
  const total = outcomes.length
  throw new Refusal(
    total === 1
      ? `${first.message} (${first.code})`
      : `${errors.length} of ${total} tasks ${errors.length === 1 ? 'was' : 'were'} refused; the first: ${first.message} (${first.code})`,
  )
}
