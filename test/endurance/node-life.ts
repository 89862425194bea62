/** The node of the simulated day: the real one, on a real database, which is restarted in order or dies between two commits. */
import { noFiles } from '../../src/cluster/files/no-files.ts'
import { createNode, type Node } from '../../src/cluster/node.ts'
import type { Log } from '../../src/cluster/ports/log.ts'
import { payloadProblems } from '../../src/link/payloads.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import type { FakeClock } from '../cluster/fake-clock.ts'
import { JOIN_TOKEN, lifeOf } from '../cluster/world.ts'
import type { Shore } from './air.ts'

/** A node that is started again and again. */
export interface NodeLife {
  /** The one that runs; undefined while none does. */
  readonly node: Node | undefined
  start(): Promise<void>
  end(how: 'in order' | 'dies'): Promise<void>
}

/** A node that does not run yet. */
export const createNodeLife = ({
  clock,
  shore,
  dataDir,
  log,
  onStart,
  finding,
}: {
  readonly clock: FakeClock
  readonly shore: Shore
  readonly dataDir: string
  readonly log: Log
  /** Called with each new node, before any device reaches it. */
  readonly onStart: (node: Node) => void
  readonly finding: (what: string) => void
}): NodeLife => {
  let running: { readonly node: Node; readonly end: (how: 'in order' | 'dies') => Promise<void> } | undefined
  return {
    get node() {
      return running?.node
    },
    start: async () => {
      const life = lifeOf(clock)
      const store = await openSqliteStore({ dataDir, log, restore: undefined })
      const node = await createNode({
        store,
        files: noFiles,
        clock: life.clock,
        log,
        version: '0.1.0',
        joining: { nodeToken: JOIN_TOKEN, localToken: null, requireApproval: false },
        invite: () => Promise.reject(new Error('nobody is invited here')),
        payloadProblems,
        config: { pinned: {}, file: {} },
        share: () => 0.5,
        onBroken: (error) => finding(`the store broke: ${error.message}`),
      })
      onStart(node)
      shore.gate = node.gate
      running = {
        node,
        end: async (how) => {
          shore.gate = undefined
          if (how === 'dies') life.end()
          for (const end of [...shore.ends]) end.die()
          if (how === 'in order') await node.stop()
          life.end()
          await store.close()
        },
      }
    },
    end: async (how) => {
      const { end } = running ?? {}
      running = undefined
      await end?.(how)
    },
  }
}
