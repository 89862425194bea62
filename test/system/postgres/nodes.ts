/** Several nodes on one database: API servers with their nodes, as processes, and workers that join at one of them. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ServerHealth, TaskDetail, TaskSubmitted } from '../../../schemas/index.ts'
import { ended, entry, logLine, start, temporaryDirectory } from '../../cli/programs.ts'
import { ownPort } from '../../faults/ports.ts'
import { type Answer, JOIN_TOKEN, printedToken, until } from '../../start-cluster.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** A node that runs, or has been stopped. */
export interface RunningNode {
  readonly name: string
  readonly port: number
  readonly clusterPort: number
  /** What devices join it with. */
  readonly joinToken: string
  readonly process: ChildProcess
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  health(): Promise<ServerHealth>
  /** Ends it by a signal; resolves when it has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again, on the same ports and directory; with another program where one is named. */
  start(program?: string): Promise<void>
}

/** The nodes of a test. */
export interface Nodes {
  readonly all: readonly RunningNode[]
  /** The one of this number, from 0, and around. */
  at(number: number): RunningNode
  /** The one that schedules, as the others see it; waits until there is one. */
  scheduling(): Promise<RunningNode>
  /** One that does not. */
  standby(): Promise<RunningNode>
  submit(at: RunningNode, submission: object): Promise<TaskSubmitted>
  task(at: RunningNode, task_id: string, wait?: number): Promise<TaskDetail>
  /** A worker that has joined at a node. */
  addWorker(at: RunningNode, device_id: string, args?: readonly string[]): Promise<ChildProcess>
}

/**
 * Starts nodes one after another; all ends with the test.
 * @param url - of the database; or the way to it of each node
 */
export const startNodes = async (
  t: Test,
  url: string | readonly string[],
  {
    count = 3,
    args = [],
    program = entry('api'),
    limited = false,
    pinned = false,
    key,
  }: {
    readonly count?: number
    readonly args?: readonly string[]
    /** What they run, where that is not this build. */
    readonly program?: string
    readonly limited?: boolean
    /** Their ports for devices are open to the network, so that they speak TLS, and each is known by its key. */
    readonly pinned?: boolean
    /** The one API key; without it, none is asked for. */
    readonly key?: string
  } = {},
): Promise<Nodes> => {
  const directory = temporaryDirectory(t)

  const startNode = async (name: string, database: string): Promise<RunningNode> => {
    const begin = async (port: number, clusterPort: number, started: string) => {
      const child = start(
        t,
        started,
        [
          '--port', `${port}`,
          '--cluster-port', `${clusterPort}`,
          ...(pinned ? ['--cluster-bind', '0.0.0.0', '--advertise-address', '127.0.0.1'] : ['--cluster-bind', '127.0.0.1']),
          '--data-dir', join(directory, name),
          '--join-token', JOIN_TOKEN,
          ...(limited ? [] : ['--no-rate-limit']),
          ...(key === undefined ? [] : ['--auth', '--api-key', key]),
          ...args,
        ], // prettier-ignore
        { RETIRE_CLUSTER_DATABASE: database },
      )
      child.stdout?.resume()
      const line = await logLine(child, ({ msg }) => msg === 'listening')
      return { child, port: Number(line.port), clusterPort: Number(line.cluster_port) }
    }
    // As in start-cluster.ts: nobody gets them while the node is down.
    let current = await begin(await ownPort(), await ownPort(), program)
    const call: RunningNode['call'] = async (method, path, body, headers = {}) => {
      const response = await fetch(`http://127.0.0.1:${current.port}${path}`, {
        method,
        headers: {
          ...(key === undefined ? {} : { 'x-api-key': key }),
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(70_000),
      })
      return { ...((await response.json()) as Omit<Answer<never>, 'status'>), status: response.status }
    }
    const health = async () => (await call<ServerHealth>('GET', '/health')).data
    // It listens before it has found who schedules, and answers 503 meanwhile.
    await until(`${name} serves`, async () => (await health()).cluster.reachable || undefined)
    return {
      name,
      port: current.port,
      clusterPort: current.clusterPort,
      joinToken: pinned ? printedToken(JOIN_TOKEN, join(directory, name)) : JOIN_TOKEN,
      get process() {
        return current.child
      },
      call,
      health,
      end: async (signal) => {
        current.child.kill(signal)
        await ended(current.child)
      },
      start: async (started = program) => {
        current = await begin(current.port, current.clusterPort, started)
      },
    }
  }

  const all: RunningNode[] = []
  for (let number = 1; number <= count; number += 1)
    all.push(await startNode(`node-${number}`, typeof url === 'string' ? url : (url[number - 1] ?? '')))
  const isRunning = ({ process }: RunningNode) => process.exitCode === null && process.signalCode === null

  const nodes: Nodes = {
    all,
    at: (number) => {
      const node = all[number % all.length]
      if (node === undefined) throw new Error('no node was started')
      return node
    },
    scheduling: () =>
      until('a node schedules', async () => {
        for (const node of all.filter(isRunning)) {
          const health = await node.health().catch(() => undefined)
          if (health?.cluster.mode === 'embedded' && health.cluster.reachable) return node
        }
        return undefined
      }),
    standby: async () => {
      const scheduling = await nodes.scheduling()
      const found = all.filter(isRunning).find((node) => node !== scheduling)
      if (found === undefined) throw new Error('no other node runs')
      return found
    },
    submit: async (at, submission) => {
      const { status, data, error } = await at.call<TaskSubmitted>('POST', '/api/v1/tasks', submission)
      if (status !== 201) throw new Error(`not taken in: ${status} ${error?.code ?? ''} ${error?.message ?? ''}`)
      return data
    },
    task: async (at, task_id, wait = 0) => {
      const { status, data, error } = await at.call<{ task: TaskDetail }>(
        'GET',
        `/api/v1/tasks/${task_id}?wait=${wait}`,
      )
      if (status !== 200) throw new Error(`not answered: ${status} ${error?.code ?? ''} ${error?.message ?? ''}`)
      return data.task
    },
    addWorker: async (at, device_id, more = []) => {
      const worker = start(t, entry('worker'), [
        '--join', `127.0.0.1:${at.clusterPort}`,
        '--token', at.joinToken,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
        // Whatever the battery of the machine that runs the test.
        '--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none',
        ...more,
      ]) // prettier-ignore
      worker.stdout?.resume()
      worker.stderr?.resume()
      await until(`${device_id} is online`, async () => {
        const { data } = await at.call<{ device: { status: string } }>('GET', `/api/v1/devices/${device_id}`)
        return (data as typeof data | undefined)?.device.status === 'online' || undefined
      })
      return worker
    },
  }
  return nodes
}
