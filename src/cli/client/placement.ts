/** Why a task is where it is: what speaks for and against each device. */
import { type DevicePlacement, type ScorePartName, scoreParts } from '../../../schemas/placement.ts'
import type { Api } from './api.ts'
import { type Column, type Output, printList } from './output.ts'

const points = (Object.keys(scoreParts) as ScorePartName[]).map((name): Column<DevicePlacement> => ({
  name,
  of: ({ score_points }) => score_points?.[name] ?? null,
}))

const columns: readonly Column<DevicePlacement>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'fits', of: ({ fits }) => fits },
  { name: 'code', of: ({ reason }) => reason.code },
  { name: 'score', of: ({ score }) => score },
  ...points,
  { name: 'reason', of: ({ reason }) => reason.message },
]

/** Prints the placement of a task; for people with a line on why it waits. */
export const showPlacement = async (api: Api, output: Output, task_id: string): Promise<void> => {
  const placement = await api.call('getTaskPlacement', { path: { task_id } })
  await printList(output, { whole: placement, rows: placement.devices, columns })
  const { status, pending_reason } = placement
  if (output.format === 'table' && !output.quiet)
    output.note(`${task_id} is ${status}${pending_reason === null ? '.' : `: ${pending_reason.message}`}\n`)
}
