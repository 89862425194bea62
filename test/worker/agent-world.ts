/** An agent whose node the test plays, on a clock that the test moves. */
import { fixedAt } from '../../src/link/client/keep-connected.ts'
import { type AgentOptions, startAgent } from '../../src/worker/agent.ts'
import { withoutLimits } from '../../src/worker/policy/limits.ts'
import { entry } from '../cli/programs.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { playedNode } from './played-node.ts'
import { keptLog, type Owner, temporaryDirectory } from './world.ts'

/** Starts an agent; it ends with the test. */
export const agentWorld = async (t: Owner, more: Partial<AgentOptions> = {}) => {
  const clock = fakeClock()
  const log = keptLog()
  const played = playedNode()
  const dataDir = more.dataDir ?? temporaryDirectory(t)
  const start = async (changes: Partial<AgentOptions> = {}) => {
    const agent = await startAgent({
      dataDir,
      node: fixedAt({ host: '127.0.0.1', port: 1, fingerprint: undefined }),
      token: 'token',
      deviceId: undefined,
      role: 'compute',
      tags: ['kitchen'],
      slots: 2,
      allow: [],
      // Whatever the battery of the machine that runs the test.
      wishes: withoutLimits,
      workerFile: entry('worker'),
      log,
      version: '1.2.3',
      clock,
      connect: played.connect,
      measure: () => Promise.resolve(1000),
      ...more,
      ...changes,
    })
    t.teardown(() => agent.kill())
    return agent
  }
  return { dataDir, clock, log, node: played, start, agent: await start() }
}
