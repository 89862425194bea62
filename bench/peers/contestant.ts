/** Who is compared: something that takes a task in, has it run in another process, and tells its result. */
import type { Bench } from '../measure/case.ts'
import type { Program } from '../measure/program.ts'
import type { Driver } from './driver.ts'

/** What a contestant needs of the machine: of Debian, of the npm registry, of PyPI. */
export type Need = 'redis' | 'postgresql' | 'node-packages' | 'python-packages'

/** One that runs. */
export type Contestant = {
  readonly driver: Driver
  /** All that it takes to serve, its workers among them; not the driver. */
  readonly servers: readonly Program[]
}

/** A directory of its own, and what ends with the case. */
export type Place = Pick<Bench, 'directory' | 'using'>

/** Starts one; what it starts is ended with the case. */
export type Start = (place: Place) => Promise<Contestant>

/** Starts both, ours and the peer, each in a place of its own. */
export type StartBoth = (
  ours: Place,
  theirs: Place,
) => Promise<{ readonly ours: Contestant; readonly peer: Contestant }>

/** One of the others. */
export type Peer = {
  readonly name: string
  /** As the table calls it. */
  readonly title: string
  readonly needs: readonly Need[]
  /** How many times its tasks a second ours is to do; null where nothing is wanted. */
  readonly times: number | null
  /** Whether one task at a time is to be no slower with us. */
  readonly isBoundAlone?: boolean
  readonly start: StartBoth
}
