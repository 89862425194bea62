import t from 'tap'
import type { ClusterNode } from '../../schemas/index.ts'
import type { DeviceLink } from '../../src/cluster/ports/link.ts'
import type { NodeDirectory } from '../../src/cluster/ports/node-directory.ts'
import { settle } from './fake-clock.ts'
import { createWorld, helloOf, type World } from './world.ts'

const node = (last: number): ClusterNode => ({ host: `10.0.0.${last}`, port: 8080, fingerprint: 'F'.repeat(43) })

/** Nodes that the test puts in and takes out. */
const changeable = (...first: readonly ClusterNode[]) => {
  let nodes = first
  const followers = new Set<() => void>()
  const directory: NodeDirectory = {
    nodes: () => nodes,
    follow: (changed) => {
      followers.add(changed)
      return () => followers.delete(changed)
    },
  }
  return {
    directory,
    followers,
    become: (...now: readonly ClusterNode[]) => {
      nodes = now
      for (const changed of followers) changed()
    },
  }
}

/** A device that keeps what it is told of nodes. */
const device = async ({ node: { gate } }: World) => {
  const told: unknown[] = []
  const link: DeviceLink = {
    address: '127.0.0.1',
    notify: (method, params) => {
      if (method === 'nodes.changed') told.push(params)
    },
    request: () => Promise.reject(new Error('nobody asks it')),
    close: () => undefined,
  }
  const welcome = await gate.connect(link).hello(helloOf())
  await settle()
  return { welcome, told }
}

void t.test('a device is told at its welcome which nodes there are, and again when they are others', async (t) => {
  const { directory, become } = changeable(node(1), node(2))
  const world = await createWorld(t, {}, {}, { directory })
  const [one, other] = [await device(world), await device(world)]
  t.strictSame(one.welcome.nodes, [node(1), node(2)])
  become(node(1), node(2), node(3))
  for (const { told } of [one, other]) t.strictSame(told, [{ nodes: [node(1), node(2), node(3)] }])
  t.strictSame((await device(world)).welcome.nodes, [node(1), node(2), node(3)])
  become(node(1))
  t.strictSame(one.told[1], { nodes: [node(1)] }, 'that one alone is left is told too')
  become()
  t.equal(one.told.length, 2, 'none at all is no news to anybody')
})

void t.test('where there is one node alone nothing is told', async (t) => {
  for (const more of [{}, { directory: changeable(node(1)).directory }]) {
    const { welcome } = await device(await createWorld(t, {}, {}, more))
    t.notOk('nodes' in welcome)
  }
})

void t.test('more nodes than a device is told of are cut off, and a node that has stopped tells nothing', async (t) => {
  const many = Array.from({ length: 40 }, (_, index) => node(index))
  const { directory, followers } = changeable(...many)
  const world = await createWorld(t, {}, {}, { directory })
  t.strictSame((await device(world)).welcome.nodes, many.slice(0, 32))
  await world.close()
  t.equal(followers.size, 0)
})
