/** All that is measured, in the order of the table. */
import type { Case } from '../measure/case.ts'
import { growths } from './growth.ts'
import { heartbeats, meanwhile } from './heartbeats.ts'
import { listings } from './listing.ts'
import { roundTrip } from './round-trip.ts'
import { idle, start } from './standing.ts'
import { stream } from './stream.ts'
import { batches, submissions } from './submissions.ts'

/** The cases. */
export const cases: readonly Case[] = [
  ...listings,
  submissions,
  batches,
  roundTrip,
  stream,
  heartbeats,
  meanwhile,
  idle,
  start,
  ...growths,
]
