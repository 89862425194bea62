/** A device that joins, takes what it is given, and never runs it: for what a real worker would have to be broken to show. */
import type { Test } from 'tap'
import { fixedAt, keepConnected } from '../../src/link/client/keep-connected.ts'
import { hello, silent } from '../link/link-world.ts'
import { JOIN_TOKEN } from '../start-cluster.ts'

/** A task type that no real worker offers. */
export const CUSTOM_TYPE = 'blur-picture'

/** A scripted device. */
export type ScriptedDevice = {
  /** Says goodbye: it is offline at once. */
  leave(): Promise<void>
}

/** Joins the node at `port` as `device_id`, offering `echo` and {@link CUSTOM_TYPE}; leaves with the test. */
export const joinScripted = async (t: Test, port: number, device_id: string): Promise<ScriptedDevice> => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const connection = keepConnected({
    node: fixedAt({ host: '127.0.0.1', port, fingerprint: undefined }),
    hello: () =>
      Promise.resolve(
        hello({
          device_id,
          join_token: JOIN_TOKEN,
          offer: {
            slots: 1,
            task_types: ['echo'],
            allow: [],
            custom_types: [
              {
                task_type: CUSTOM_TYPE,
                description: 'Blurs a picture.',
                payload_schema: { type: 'object', properties: { radius: { type: 'integer' } } },
              },
            ],
          },
        }),
      ),
    onWelcome: resolve,
    onRefused: reject,
    handlers: { 'task.run': () => undefined, 'task.cancel': () => undefined, 'config.changed': () => undefined },
    log: silent,
  })
  t.teardown(() => connection.close())
  await promise
  return { leave: () => connection.close({ reason: 'the test is done with it' }) }
}
