/** A client that reads an answer as it comes, as `curl -N` does. */
import { request, type IncomingHttpHeaders } from 'node:http'
import type { Test } from 'tap'
import type { MonitorEvent } from '../../schemas/index.ts'

/** Long enough for a server that is not given the processor for a while. */
const DEADLINE_MS = 30_000

/** A message of the monitor stream. */
export type Message = { readonly id: string; readonly event: MonitorEvent }

/** An answer that comes piece by piece. */
export interface OpenStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** All that has come. */
  readonly text: string
  /** The messages among it; comments and blocks without data are none. */
  readonly messages: readonly Message[]
  /** Resolves when it is so; rejects after thirty seconds. */
  until(what: string, isSo: (stream: OpenStream) => boolean): Promise<void>
  /** How it ended: whole, or broken off. */
  readonly ended: Promise<'whole' | 'broken off'>
  /** Vanishes without a word. */
  vanish(): void
}

const messagesOf = (text: string): Message[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      const id = /^id: (.*)$/m.exec(block)?.[1] ?? ''
      return data === undefined ? [] : [{ id, event: JSON.parse(data) as MonitorEvent }]
    })

/** Waits until it is so, looking again whenever `onChange` tells; rejects after thirty seconds. */
const waitFor = (what: string, isSo: () => boolean, onChange: (look: () => void) => () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      off()
      reject(new Error(`not within ${DEADLINE_MS} ms: ${what}`))
    }, DEADLINE_MS)
    const look = () => {
      if (!isSo()) return
      clearTimeout(late)
      off()
      resolve()
    }
    const off = onChange(look)
    look()
  })

/** Opens a stream; it vanishes with the test. */
export const openStream = (
  t: Test,
  port: number,
  path = '/api/v1/monitor/stream',
  headers: Record<string, string> = {},
): Promise<OpenStream> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let text = ''
      const looks = new Set<() => void>()
      const changed = () => {
        for (const look of [...looks]) look()
      }
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        changed()
      })
      // A stream that breaks off is what some tests are about.
      response.on('error', () => undefined)
      const stream: OpenStream = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        get text() {
          return text
        },
        get messages() {
          return messagesOf(text)
        },
        until: (what, isSo) =>
          waitFor(
            what,
            () => isSo(stream),
            (look) => {
              looks.add(look)
              return () => looks.delete(look)
            },
          ),
        ended: new Promise((settle) => response.on('close', () => settle(response.complete ? 'whole' : 'broken off'))),
        vanish: () => void sent.destroy(),
      }
      resolve(stream)
    })
    sent.on('error', reject)
    t.teardown(() => sent.destroy())
    sent.end()
  })

/** The sequences in the ids of the messages of a monitor stream. */
export const sequencesOf = ({ messages }: OpenStream): number[] => messages.map(({ id }) => Number(id.split('.')[1]))

/** Waits for something that tells nobody when it changes. */
export const eventually = async (what: string, isSo: () => boolean): Promise<void> => {
  const deadlineMs = performance.now() + DEADLINE_MS
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
