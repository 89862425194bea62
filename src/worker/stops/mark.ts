/**
 * The mark of a run: `DATA_DIR/run.json` is there while the worker runs, and stays where it could not end in order. When the
 * worker was last alive is the time of the file, renewed once a minute: a change of its inode in memory, which costs no write
 * of its own. All of it is synchronous, for the end may leave no time, and nothing may bring the file back once it is removed.
 */
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { systemCode } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Roots } from '../machine.ts'
import { type Boot, readOomKills } from './boot.ts'
import type { LeftMark } from './cause.ts'

/** The mark of a run that goes on. */
export interface RunMark {
  /** The run is about to end by an error of its own: the mark stays, and says so. */
  crashed(error: unknown): void
  /** The run ends in order. Harmless when called again. */
  remove(): void
}

/** How often the mark is renewed, milliseconds. */
const RENEWED_MS = 60_000

const pathOf = (dataDir: string): string => join(dataDir, 'run.json')

type Content = {
  readonly boot_id: string | null
  readonly started_at: string
  readonly oom_kills: number | null
  readonly error: string | null
}

const parse = (text: string): Partial<Record<keyof Content, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // A power cut may leave a file without its content; that it is there says enough.
    return {}
  }
}

const instantOf = (value: unknown, otherwise: number): number => {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isFinite(ms) ? ms : otherwise
}

/** The mark that an earlier run left; undefined where it ended in order, or none ran. */
export const leftMark = (dataDir: string): LeftMark | undefined => {
  const path = pathOf(dataDir)
  try {
    const aliveMs = Math.floor(statSync(path).mtimeMs)
    const { boot_id, started_at, oom_kills, error } = parse(readFileSync(path, 'utf8'))
    const startedMs = instantOf(started_at, aliveMs)
    return {
      bootId: typeof boot_id === 'string' ? boot_id : null,
      oomKills: typeof oom_kills === 'number' ? oom_kills : null,
      error: typeof error === 'string' ? error : null,
      startedMs,
      // Times of files come in ticks, and may lie a few milliseconds behind the clock.
      aliveMs: Math.max(startedMs, aliveMs),
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

/** Marks a run that begins. Where the disk refuses, the log says so: an unclean end of it will not be told. */
export const markRun = ({
  dataDir,
  boot,
  roots,
  clock,
  log,
}: {
  readonly dataDir: string
  readonly boot: Boot
  readonly roots: Roots
  readonly clock: Clock
  readonly log: Log
}): RunMark => {
  const path = pathOf(dataDir)
  let content: Content = {
    boot_id: boot.id,
    started_at: new Date().toISOString(),
    oom_kills: boot.oomKills,
    error: null,
  }
  let isOver = false
  let cancel: () => void = () => undefined

  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      log.warn({ err: error }, 'the mark of this run could not be kept')
    }
  }
  const write = (change: Partial<Content>) => {
    content = { ...content, ...change }
    writeFileSync(path, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  }
  const renew = async () => {
    const oom_kills = await readOomKills(roots)
    if (isOver) return
    const now = new Date()
    attempt(() => (oom_kills === content.oom_kills ? utimesSync(path, now, now) : write({ oom_kills })))
    renewLater()
  }
  const renewLater = () => {
    cancel = clock.after(RENEWED_MS, () => void renew())
  }
  attempt(() => write({}))
  renewLater()
  return {
    crashed: (error) => {
      if (!isOver) attempt(() => write({ error: error instanceof Error ? error.message : String(error) }))
    },
    remove: () => {
      if (isOver) return
      isOver = true
      cancel()
      attempt(() => rmSync(path, { force: true }))
    },
  }
}
