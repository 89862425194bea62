import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { closedGate } from '../../gate.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { endsIn } from '../../worker/outbox-content.ts'
import { shell, store } from '../files/world.ts'
import { smallDisk } from './small-disk.ts'

const MIB = 2 ** 20

void t.test('what does not fit on the disk of a device goes to another, and leaves nothing there', async (t) => {
  const directory = join(smallDisk(t, 16), 'small')
  const cluster = await startCluster(t, { workers: 0, workerArgs: ['--allow', 'command', '--slots', '1'] })
  await cluster.addWorker('small', ['--data-dir', directory])
  await cluster.addWorker('large')
  // Its one slot is taken, so that the small one is asked first.
  const gate = closedGate(t)
  await cluster.submit({ ...shell(gate.passed), device_id: 'large' })
  const sha256 = await store(cluster, Buffer.alloc(24 * MIB, 'too large for a small disk '))
  const inputs = [{ name: 'in', sha256 }]
  const { task_id } = await cluster.submit({ ...shell('wc -c < in'), inputs })
  await until('the small one has rejected it', async () =>
    (await cluster.task(task_id)).attempts[0]?.outcome === 'rejected' ? true : undefined,
  )
  gate.open()
  t.match(await cluster.task(task_id, 30), {
    status: 'completed',
    device_id: 'large',
    result: { output: `${24 * MIB}\n` },
    attempts: [{ device_id: 'small', outcome: 'rejected' }, { outcome: 'completed' }],
  })

  const two = await cluster.submit({ ...shell('head -c 24M /dev/zero > out'), outputs: ['out'], device_id: 'small' })
  const full = await cluster.task(two.task_id, 30)
  t.match(full, { status: 'failed', error: { code: 'TASK_EXIT_NONZERO' } }, 'the task meets the full disk itself')

  const three = await cluster.submit({
    ...shell('head -c 4M /dev/zero > out'),
    inputs: [{ name: 'in', sha256: await store(cluster, 'small') }],
    outputs: ['out'],
    device_id: 'small',
  })
  t.match(await cluster.task(three.task_id, 30), { status: 'completed', result: { artifacts: [{ bytes: 4 * MIB }] } })
  const left = () => [
    ...['outputs', 'work'].flatMap((name) => readdirSync(join(directory, name))),
    ...endsIn(directory),
  ]
  await until('nothing of them is left', () => Promise.resolve(left().length === 0 || undefined))
  t.equal(readdirSync(join(directory, 'files')).length, 1, 'only the small file is kept')
})
