/** What a worker keeps in its outbox, for tests that look at its disk. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FinishedParams } from '../../schemas/link.ts'
import { attemptName } from '../../src/worker/attempts.ts'
import { contentOf } from '../../src/worker/outbox-log.ts'

/** The names of the attempts whose ends wait in this data directory, in which a worker has been started. */
export const endsIn = (dataDir: string): string[] =>
  contentOf(readFileSync(join(dataDir, 'outbox', 'ends.log'), 'utf8')).ends.map((end) =>
    attemptName(end as FinishedParams),
  )
