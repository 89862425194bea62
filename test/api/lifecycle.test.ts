import t from 'tap'
import { taskDetail } from '../../src/api/examples/tasks.ts'
import { startApi } from './start-api.ts'

void t.test(
  'a request under way is answered while the server closes, and idle connections do not hold it up',
  async (t) => {
    let finish = (): void => undefined
    const asked = Promise.withResolvers<undefined>()
    const { app, call, port } = await startApi(t, {
      answers: {
        'tasks.get': () =>
          new Promise((resolve) => {
            finish = () => resolve(taskDetail)
            asked.resolve(undefined)
          }),
      },
    })
    // fetch keeps its connection open.
    t.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
    const waiting = call('GET', '/api/v1/tasks/task-abc123?wait=60')
    await asked.promise
    const closed = app.close()
    finish()
    t.equal((await waiting).status, 200)
    await closed
    await t.rejects(call('GET', '/health'), { code: 'ECONNREFUSED' })
  },
)
