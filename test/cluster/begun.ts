/** Tasks that their device says to have started. */
import type { AttemptRef } from '../../schemas/index.ts'
import { settle } from './fake-clock.ts'
import { type FakeDevice, submitEcho, type World } from './world.ts'

/** What a message names of an attempt. */
export const refOf = ({ task_id, epoch, attempt }: AttemptRef): AttemptRef => ({ task_id, epoch, attempt })

/** A device that says that it has started the task which it was given; nothing else happens. */
export const begun = async (world: World): Promise<{ device: FakeDevice; task_id: string }> => {
  const device = await world.connect()
  const task_id = await submitEcho(world)
  const [run] = device.runs
  if (run === undefined) throw new Error('the device got no task')
  device.session.started(refOf(run))
  await settle()
  return { device, task_id }
}

/** The types of all events that were told, in order. */
export const told = (world: World) => world.store.commits.flatMap(({ events }) => events.map(({ event }) => event.type))
/** The same, of tasks alone. */
export const ofTasks = (world: World) => told(world).filter((type) => type.startsWith('task_'))

/** How the last attempt of a task stands. */
export const attemptOf = async (world: World, task_id: string) =>
  (await world.node.cluster.tasks.get({ task_id, wait: 0 })).attempts.at(-1)
