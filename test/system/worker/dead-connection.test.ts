import t from 'tap'
import type { LogList } from '../../../schemas/index.ts'
import { ended } from '../../cli/programs.ts'
import { openProxy } from '../../faults/proxy.ts'
import { startCluster } from '../../start-cluster.ts'

void t.test(
  'a worker that is started anew is let in, though its node still takes the old one for connected',
  async (t) => {
    const cluster = await startCluster(t, { workers: 0 })
    const proxy = await openProxy(cluster.clusterPort)
    t.teardown(() => proxy.close())
    const first = await cluster.addWorker('phone', ['--join', `127.0.0.1:${proxy.port}`])
    // As with a power cut: nothing of its end reaches the node.
    proxy.hold()
    first.process.kill('SIGKILL')
    await ended(first.process)
    t.match(await cluster.devices(), { total: 1, online: 1 })
    await cluster.addWorker('phone')
    const { task_id } = await cluster.submit({ task_type: 'echo', payload: { message: 'back' } })
    t.match(await cluster.task(task_id, 60), { status: 'completed', device_id: 'phone' })
    const { logs } = (await cluster.call<LogList>('GET', '/api/v1/logs?level=warning')).data
    const messages = logs.map(({ message }) => message)
    t.match(messages, [/^the worker of phone had ended uncleanly/])
    t.equal(messages.length, 1, 'nobody was refused, and nobody offline')
  },
)
