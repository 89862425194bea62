/** What a cluster has told of itself, as lines: events and log, in the order in which they were kept. */
import type { MonitorEvent } from '../../schemas/index.ts'
import type { World } from './world.ts'

/** Ids are made by chance: the first task of a story is `task-1`. */
const namesOf = (texts: readonly string[]) => {
  const names = new Map<string, string>()
  for (const text of texts)
    for (const [id] of text.matchAll(/(?:task|batch)-[0-9a-z]{14}/g))
      if (!names.has(id)) names.set(id, `${id.slice(0, id.indexOf('-'))}-${names.size + 1}`)
  return (text: string) => text.replaceAll(/(?:task|batch)-[0-9a-z]{14}/g, (id) => names.get(id) ?? id)
}

const clockOf = (timestamp: string) => timestamp.slice(11, 19)

const lineOf = ({ type, timestamp, ...rest }: MonitorEvent) => `${clockOf(timestamp)} ${type} ${JSON.stringify(rest)}`

/** The whole story: each event as a line, and each line of the log with its level, its component and its details. */
export const storyOf = async ({ store, node }: World): Promise<string[]> => {
  const events = await store.eventsAfter(0, 10_000)
  const { logs } = await node.cluster.logs.list({ limit: 1000 })
  const told = logs.toReversed()
  const lines = events.map(({ event }) => {
    if (event.type !== 'log_entry') return lineOf(event)
    const entry = told.shift()
    if (entry === undefined) throw new Error(`the log has no ${event.message}`)
    const { timestamp, level, component, message, details, device_id, task_id } = entry
    const about = [device_id, task_id].filter((id) => id !== null).join(' ')
    return `${clockOf(timestamp)} ${level} ${component} [${about}] ${message} ${JSON.stringify(details)}`
  })
  return lines.map(namesOf(lines))
}

/** What each task tells of itself, the first one first. */
export const taskLogOf = async ({ node }: World): Promise<string[]> => {
  const { tasks } = await node.cluster.tasks.list({ limit: 1000 })
  const details = await Promise.all(
    tasks.toReversed().map(({ task_id }) => node.cluster.tasks.get({ task_id, wait: 0 })),
  )
  const lines = details.flatMap(({ task_id, status, detailed_log }) => [`${task_id}, ${status}`, ...detailed_log])
  return lines.map(namesOf(lines))
}

/** Texts with names instead of the ids that are made by chance. */
export const withNames = (texts: readonly string[]): string[] => texts.map(namesOf(texts))
