/** The monitor stream as one client hears it over all restarts: it goes on from its last id, and notes each gap and each repeat. */
import { createHash } from 'node:crypto'
import { type ClientRequest, request } from 'node:http'
import type { MonitorEvent } from '../../schemas/index.ts'

/** How the tape was heard so far. */
export interface Tape {
  /** Id of the last event before the tape, and sequence of the last event on it. */
  readonly from: string
  /** The epoch of its events. */
  readonly epoch: number
  readonly last: number
  /** Digest of all kept events, ids and bodies. */
  digest(): string
  /** The status that each task ended in. */
  readonly ends: ReadonlyMap<string, string>
  /** Tasks that were created. */
  readonly created: ReadonlySet<string>
  /** Devices that were said to be offline, with the reason. */
  readonly absences: readonly string[]
  /** Devices that are online, as the stream tells. */
  readonly online: ReadonlySet<string>
  /** What a stream must not do. */
  readonly findings: readonly string[]
  /** Resolves when this holds of the tape; looked at whenever something has come. Rejects after a minute. */
  until(what: string, holds: () => boolean): Promise<void>
  stop(): void
}

/** A server that goes by itself is dialled this often, milliseconds, until somebody notices. */
const REDIAL_MS = 20

/** What the stream should tell is told within this, milliseconds. */
const PATIENCE_MS = 60_000

const finals = { task_completed: 'completed', task_failed: 'failed', task_cancelled: 'cancelled' } as const

/** Listens to the stream of the API at a port. `serving` resolves while a server is there to be dialled. */
export const listen = (port: number, serving: () => Promise<void>, after?: string): Tape => {
  const hash = createHash('sha256')
  const ends = new Map<string, string>()
  const created = new Set<string>()
  const absences: string[] = []
  const online = new Set<string>()
  const findings: string[] = []
  const watchers = new Set<() => void>()
  let from = after
  let position = after
  let last = after === undefined ? 0 : Number(after.split('.')[1])
  let sent: ClientRequest | undefined
  let isStopped = false

  const note = (event: MonitorEvent) => {
    if (event.type === 'stream_reset') findings.push(`stream_reset: ${event.reason}`)
    if (event.type === 'device_online') online.add(event.device_id)
    if (event.type === 'device_offline') {
      online.delete(event.device_id)
      absences.push(`${event.device_id}: ${event.reason}`)
    }
    if (!event.type.startsWith('task_') || !('task_id' in event) || event.task_id === null) return
    const { task_id, type } = event
    if (type === 'task_created' && created.has(task_id)) findings.push(`${task_id} was created twice`)
    if (type === 'task_created') created.add(task_id)
    if (ends.has(task_id)) findings.push(`${type} of ${task_id} after its end: ${ends.get(task_id) ?? ''}`)
    if (type in finals) ends.set(task_id, finals[type as keyof typeof finals])
  }

  const take = (block: string) => {
    const id = /^id: (.*)$/m.exec(block)?.[1]
    const body = /^data: (.*)$/m.exec(block)?.[1]
    if (id === undefined) return
    const [epoch = '', sequence = '', n] = id.split('.')
    if (from === undefined) {
      from = id
      last = Number(sequence)
    }
    position = id
    if (body === undefined) return
    const event = JSON.parse(body) as MonitorEvent
    // Telemetry bears the id of the last kept event, and a number.
    if (n !== undefined && event.type !== 'stream_reset') return
    if (epoch !== from.split('.')[0]) findings.push(`${id} is of another epoch than ${from}`)
    if (Number(sequence) !== last + 1) findings.push(`${id} follows ${last}`)
    last = Number(sequence)
    hash.update(`${id} ${body}\n`)
    note(event)
  }

  const connect = async (): Promise<void> => {
    await serving()
    if (isStopped) return
    const headers = position === undefined ? {} : { 'last-event-id': position }
    await new Promise<void>((over) => {
      sent = request({ host: '127.0.0.1', port, path: '/api/v1/monitor/stream', agent: false, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          const blocks = (text + piece).split('\n\n')
          text = blocks.pop() ?? ''
          for (const block of blocks) take(block)
          for (const look of [...watchers]) look()
        })
        response.once('error', () => undefined)
        response.once('close', over)
      })
      sent.once('error', () => over())
      sent.end()
    })
    setTimeout(() => void connect(), REDIAL_MS)
  }
  void connect()

  return {
    get from() {
      return from ?? ''
    },
    get epoch() {
      return Number(from?.split('.')[0])
    },
    get last() {
      return last
    },
    digest: () => hash.copy().digest('hex'),
    ends,
    created,
    absences,
    online,
    findings,
    until: (what, holds) =>
      new Promise((resolve, reject) => {
        const over = (settle: () => void) => {
          watchers.delete(look)
          clearTimeout(late)
          settle()
        }
        const late = setTimeout(() => over(() => reject(new Error(`not on the stream in time: ${what}`))), PATIENCE_MS)
        const look = () => {
          if (holds()) over(resolve)
        }
        watchers.add(look)
        look()
      }),
    stop: () => {
      isStopped = true
      sent?.destroy()
    },
  }
}
