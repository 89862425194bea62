/** The beginning of a run: what the one before left, and the mark of this one. */
import type { Platform } from '../../../schemas/device.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Machine } from '../machine.ts'
import { readBoot } from './boot.ts'
import { stopOf } from './cause.ts'
import { openStopHistory, type StopHistory } from './history.ts'
import { leftMark, markRun, type RunMark } from './mark.ts'

/**
 * Begins a run of the worker.
 * @param isKnown - false where the device has never joined: what lies in its directory is not about it, but came with a copy
 */
export const beginRun = async ({
  dataDir,
  machine,
  clock,
  log,
  platform,
  isKnown,
}: {
  readonly dataDir: string
  readonly machine: Machine
  readonly clock: Clock
  readonly log: Log
  readonly platform: Platform
  readonly isKnown: boolean
}): Promise<{ readonly mark: RunMark; readonly stops: StopHistory }> => {
  const boot = await readBoot(machine)
  const left = isKnown ? leftMark(dataDir) : undefined
  const found = left && stopOf(left, { boot, platform, nowMs: Date.now() })
  if (found !== undefined) log.warn({ ...found }, 'the run before this one ended uncleanly')
  const stops = await openStopHistory({ dataDir, found, log })
  return { mark: markRun({ dataDir, boot, roots: machine, clock, log }), stops }
}
