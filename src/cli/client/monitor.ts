/** `retire-cluster monitor`: what happens in the cluster, as it happens. */
import { oneOf } from '../../../schemas/component.ts'
import { eventSubjects, type MonitorEvent, StreamQuery } from '../../../schemas/event.ts'
import type { CallOptions } from '../../client/connection.ts'
import { devicesResource } from '../../client/resources/devices.ts'
import { monitorResource, type StreamOptions, type Subject } from '../../client/resources/monitor.ts'
import { pause } from '../../client/retrying.ts'
import { UsageError } from '../failure.ts'
import { harmlessJson } from '../harmless.ts'
import { optional } from '../options/flag.ts'
import { commaList, ofSchema, text } from '../options/readers.ts'
import { type Api, named } from './api.ts'
import { command as declareCommand } from './command.ts'
import { eventLine } from './monitor/event-line.ts'
import { frame } from './monitor/frame.ts'
import { emptyView, MOST_TASKS, type Reading, withEvent, withReading } from './monitor/view.ts'
import type { Output } from './output.ts'
import { patienceAfter } from './patience.ts'
import { onScreen, type Screen } from './screen.ts'

const query = StreamQuery.properties

/** All is read anew this often: three reads each time leave most of the API's budget. In between the screen follows the stream. */
const REFRESH_MS = 10_000

type Wanted = { readonly subjects: readonly Subject[]; readonly options: StreamOptions }

/** A line for each event: text, or JSON for programs. */
const printEvents = async (api: Api, output: Output, { subjects, options }: Wanted): Promise<void> => {
  const line = output.format === 'json' ? (event: MonitorEvent) => harmlessJson(event) : eventLine
  for await (const event of monitorResource(api).stream(subjects, options)) await output.write(`${line(event)}\n`)
}

const read = async (api: Api, call: CallOptions): Promise<Reading> => {
  const devices = []
  for await (const device of devicesResource(api).iterate({ limit: 1000 }, call)) devices.push(device)
  const [{ tasks }, { cluster_stats: stats }] = await Promise.all([
    api.call('listTasks', { query: { status: 'running', limit: MOST_TASKS }, call }),
    api.call('getClusterStatus', { call }),
  ])
  return { devices, tasks, stats }
}

const showView = async (api: Api, { show, left }: Screen, { subjects, options }: Wanted): Promise<void> => {
  let view = emptyView
  let meanwhile: MonitorEvent[] = []
  const draw = () => show((size) => frame(view, size))
  const refresh = async () => {
    meanwhile = []
    const reading = await read(api, { signal: left })
    view = withReading(view, reading, meanwhile)
    draw()
  }
  await refresh()
  const follow = async () => {
    for await (const event of monitorResource(api).stream(subjects, { ...options, signal: left })) {
      view = withEvent(view, event)
      meanwhile.push(event)
      draw()
    }
  }
  const keepFresh = async () => {
    for (let atLeastMs = 0; ;) {
      await pause(Math.max(REFRESH_MS, atLeastMs), left)
      // A server that is being started again: the stream waits for it too, and the next turn asks anew.
      atLeastMs = await refresh().then(() => 0, patienceAfter)
    }
  }
  await Promise.all([follow(), keepFresh()])
}

/** The command. */
export const command = declareCommand({
  name: 'monitor',
  summary: 'Devices, tasks and events as they happen: a live screen, or a line for each event in a pipe.',
  flags: {
    types: optional(commaList(ofSchema(oneOf(eventSubjects, ''), 'SUBJECT')), 'Only devices, tasks, logs.', 'all'),
    device_id: optional(ofSchema(query.device_id, 'DEVICE_ID'), 'Only events that speak of this device.'),
    level: optional(ofSchema(query.level, ''), 'Of log entries, that level and above.', 'info, on a screen warning'),
    after: optional(text('EVENT_ID'), 'Go on after this event; the lines of --output json bear the ids.'),
  },
  examples: [
    'retire-cluster monitor',
    'retire-cluster monitor --types tasks | grep task_failed',
    'retire-cluster monitor --output json >> events.jsonl',
  ],
  run: async ({ api, output }, { types = [], device_id, level, after }) => {
    if (output.quiet || output.format === 'csv' || output.format === 'yaml')
      throw new UsageError('Events are shown as lines or as JSON: --output table or json, without -q.')
    const wanted = { subjects: types, options: named({ device_id, level, lastEventId: after }) }
    if (process.stdout.isTTY && output.format === 'table')
      // What the log says at info, the screen tells by events already.
      return onScreen((screen) =>
        showView(api, screen, { ...wanted, options: { level: 'warning', ...wanted.options } }),
      )
    // Asked once without patience: a wrong address is told at once, and not waited for.
    await api.call('getHealth', {})
    await printEvents(api, output, wanted)
  },
})
