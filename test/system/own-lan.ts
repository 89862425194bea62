/** A network of the test's own: hosts in namespaces (network_namespaces(7)) around a bridge, with addresses of 10.77.0.0/24. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { userInfo } from 'node:os'
import type { Test } from 'tap'
import { asRoot } from './disk/as-root.ts'

const run = (command: string, given: readonly string[]): void => {
  const { program, args } = asRoot(command, given)
  try {
    execFileSync(program, args, { stdio: 'pipe' })
  } catch (cause) {
    throw new Error(
      `${program} ${args.join(' ')}: run this test as root, on a machine with iproute2 and network namespaces`,
      { cause },
    )
  }
}

/** A host of the network. */
export type LanHost = {
  /** Gives it the address 10.77.0.`last`, in place of the one that it has. */
  moveTo(last: number): void
  /** Starts a program of Node there, with the rights of who runs the test. Under sudo its process is one below the child. */
  start(file: string, args: readonly string[]): ChildProcess
}

/** A network. */
export type OwnLan = {
  /** Adds a host with the address 10.77.0.`last`. */
  host(name: string, last: number): LanHost
  /** From now on no multicast reaches a host, as in networks whose access point passes none on. */
  stopMulticast(): void
}

/** Makes a network; it is gone with the test, after all that was started in it. */
export const ownLan = (t: Test): OwnLan => {
  const bridge = `rc-${process.pid}-lan`
  const ports: string[] = []
  const hosts: string[] = []
  const inBridge = (...args: readonly string[]) => run('ip', ['-n', bridge, ...args])
  const makeNamespace = (name: string) => {
    run('ip', ['netns', 'add', name])
    t.teardown(() => run('ip', ['netns', 'delete', name]))
    run('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
  }
  makeNamespace(bridge)
  // Without snooping every multicast is flooded: to the ports that let it.
  inBridge('link', 'add', 'bridge', 'type', 'bridge', 'mcast_snooping', '0')
  inBridge('link', 'set', 'bridge', 'up')

  return {
    host: (name, last) => {
      const namespace = `rc-${process.pid}-${name}`
      const port = `port${ports.length}`
      const inHost = (...args: readonly string[]) => run('ip', ['-n', namespace, ...args])
      makeNamespace(namespace)
      inBridge('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      inBridge('link', 'set', port, 'master', 'bridge', 'up')
      ports.push(port)
      const moveTo = (to: number) => {
        inHost('link', 'set', 'eth0', 'down')
        inHost('address', 'flush', 'dev', 'eth0')
        inHost('address', 'add', `10.77.0.${to}/24`, 'dev', 'eth0')
        inHost('link', 'set', 'eth0', 'up')
        // Whoever gets an address from a router announces it (RFC 5227 §2.3): nobody keeps the hardware address of the host before.
        for (const host of hosts) run('ip', ['-n', host, 'neighbour', 'flush', 'all'])
      }
      hosts.push(namespace)
      moveTo(last)
      return {
        moveTo,
        start: (file, args) => {
          const { uid, gid } = userInfo()
          const asMe = [
            'setpriv',
            `--reuid=${uid}`,
            `--regid=${gid}`,
            '--clear-groups',
            process.execPath,
            file,
            ...args,
          ]
          const line = asRoot('ip', ['netns', 'exec', namespace, ...asMe])
          return spawn(line.program, line.args)
        },
      }
    },
    stopMulticast: () => {
      for (const port of ports) inBridge('link', 'set', port, 'type', 'bridge_slave', 'mcast_flood', 'off')
    },
  }
}
