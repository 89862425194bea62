import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createWorld } from '../world.ts'

const credential = 'd'.repeat(43)
const offer = { slots: 1, task_types: ['command'], allow: ['command'], custom_types: [], files: true }

/** A device with a task that takes a file and leaves one, and another file that no task of its names. */
const openWorld = async (t: Test) => {
  const world = await createWorld(t, { files: { max_file_size: '1KB' } })
  const [named, unnamed] = [world.files.put('named'), world.files.put('unnamed')]
  const device = await world.connect({ device_id: 'd', credential, offer })
  const submit = async (files: object) => {
    const { task_id } = await world.node.cluster.tasks.submit({
      submission: { task_type: 'command', payload: { command: ['true'] }, queue_if_unavailable: true, ...files },
      wait: 0,
    })
    return task_id
  }
  return { world, named, unnamed, device, submit }
}

void t.test('a device reads what its unfinished tasks take, and nothing else', async (t) => {
  const { world, named, unnamed, submit } = await openWorld(t)
  const session = world.node.fileGate.admit(credential)
  if (session === undefined) throw new Error('the device was not admitted')
  t.equal(session.device_id, 'd')
  t.notOk(session.mayRead(named), 'no task of its takes it yet')
  t.notOk(session.mayWrite())
  const task_id = await submit({ inputs: [{ name: 'in', sha256: named }] })
  t.ok(session.mayRead(named))
  t.notOk(session.mayRead(unnamed))
  t.notOk(session.mayWrite(), 'it takes a file, and leaves none')
  const body = await session.read(named, 1)
  t.equal(body && (await text(body)), 'amed')
  await submit({ inputs: [{ name: 'in', sha256: unnamed }] })
  t.notOk(session.mayRead(unnamed), 'a task that waits for a device is nobody’s')
  await world.node.cluster.tasks.cancel({ task_id })
  t.notOk(session.mayRead(named), 'the task is over')
})

void t.test('a device leaves files while it has a task that leaves some', async (t) => {
  const { world, submit } = await openWorld(t)
  const session = world.node.fileGate.admit(credential)
  const task_id = await submit({ outputs: ['out'] })
  t.ok(session?.mayWrite())
  await world.node.cluster.tasks.cancel({ task_id })
  t.notOk(session?.mayWrite())
})

void t.test('a stranger is nobody, and so is a device that was removed, in the midst of a transfer too', async (t) => {
  const { world, named, submit } = await openWorld(t)
  const { fileGate, cluster } = world.node
  t.equal(fileGate.admit('of-somebody-else'), undefined)
  await submit({ inputs: [{ name: 'in', sha256: named }], outputs: ['out'] })
  const session = fileGate.admit(credential)
  t.ok(session?.mayRead(named))
  await cluster.devices.remove({ device_id: 'd', force: true })
  t.notOk(session?.mayRead(named))
  t.notOk(session?.mayWrite())
  t.equal(fileGate.admit(credential), undefined)
})

void t.test('a device that waits for its approval is nobody', async (t) => {
  const world = await createWorld(t, {}, { requireApproval: true })
  await world.connect({ device_id: 'd', credential, offer })
  t.equal(world.node.fileGate.admit(credential), undefined)
  await world.node.cluster.devices.approve({ device_id: 'd' })
  t.ok(world.node.fileGate.admit(credential))
})
