/** What the systems have in common that keep a worker running. */
import type { Service } from './service.ts'

/** A line for a person: what a command is for, and the command. */
export type Hint = readonly [what: string, command: string]

/** A system that keeps a worker running: systemd, launchd, Termux:Boot. */
export type Supervisor = {
  /** The file by which it knows the worker. */
  readonly path: string
  /** The files besides it that the service makes while it runs. */
  readonly made: readonly string[]
  /** The bits of its mode. */
  readonly mode: number
  /** What stands in the file. `written`: files that go with it. */
  readonly render: (service: Service, written: readonly string[]) => string
  /** Ends the worker; it stays installed. @throws StartError */
  readonly stop: () => Promise<void>
  /**
   * Begins to keep the worker running, by the file as it stands now. Resolves with sentences about what is left to do.
   * @throws StartError
   */
  readonly start: () => Promise<readonly string[]>
  /**
   * Ends the worker, and keeps it running no longer. The file is still there. Resolves with sentences about what is left.
   * @throws StartError
   */
  readonly end: () => Promise<readonly string[]>
  /** Called when the file is gone. */
  readonly forget: () => Promise<void>
  /** What the owner of the device may want to know. */
  readonly hints: readonly Hint[]
}
