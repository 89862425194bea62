import t from 'tap'
import { type Mode, startCluster } from '../../start-cluster.ts'
import { leftBy, shell, store } from './world.ts'

const TASKS = 20

for (const mode of ['embedded', 'remote'] satisfies Mode[])
  void t.test(`files pass over a link that is known by its key, many on one connection, ${mode}`, async (t) => {
    const workerArgs = ['--allow', 'command', '--slots', '2']
    const cluster = await startCluster(t, { mode, workers: 2, workerArgs, pinned: true })
    const numbers = Array.from({ length: TASKS }, (_none, number) => number)
    const files: string[] = []
    for (const number of numbers) files.push(await store(cluster, `text ${number}\n`))
    const submitted = await Promise.all(
      numbers.map((number) =>
        cluster.submit({
          ...shell('cat one other > both; wc -c < both > size'),
          inputs: [
            { name: 'one', sha256: files[number] },
            { name: 'other', sha256: files[(number + 1) % TASKS] },
          ],
          outputs: ['both', 'size'],
        }),
      ),
    )
    for (const [number, { task_id }] of submitted.entries()) {
      const task = await cluster.task(task_id, 60)
      t.match(task, { status: 'completed', attempt: 1 })
      const both = `text ${number}\ntext ${(number + 1) % TASKS}\n`
      t.strictSame(await leftBy(cluster, task), { both, size: `${both.length}\n` })
    }
  })
