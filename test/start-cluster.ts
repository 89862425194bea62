/** A whole cluster of real processes: an API server with its node, and workers, on free ports and temporary directories. */
import type { ChildProcess } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceList, ServerHealth, TaskDetail, TaskList, TaskSubmitted } from '../schemas/index.ts'
import { fingerprintOf } from '../src/link/fingerprint.ts'
import { ended, entry, logLine, start, temporaryDirectory } from './cli/programs.ts'
import { ownPort } from './faults/ports.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** An answer of the API, as it came. */
export type Answer<T> = {
  readonly status: number
  readonly data: T
  readonly error?: { code: string; message: string }
}

/** A worker that runs. */
export type WorkerProcess = { readonly device_id: string; readonly process: ChildProcess }

/** Whether the node lives in the process of the API server, or in one of its own. */
export type Mode = 'embedded' | 'remote'

/** A cluster that runs. */
export interface RunningCluster {
  readonly url: string
  readonly clusterPort: number
  /** The token with which devices join, as the node prints it. */
  readonly joinToken: string
  /** The data directory of the node. */
  readonly nodeDirectory: string
  /** The process of the API server; another one after a restart. */
  readonly server: ChildProcess
  /** The process of the node, where it has one of its own. */
  readonly node: ChildProcess | undefined
  readonly workers: WorkerProcess[]
  call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  submit(submission: object): Promise<TaskSubmitted>
  task(task_id: string, wait?: number): Promise<TaskDetail>
  tasks(query: string): Promise<TaskList>
  devices(): Promise<DeviceList>
  addWorker(device_id: string, args?: readonly string[]): Promise<WorkerProcess>
  /** Kills the server with -9, and starts it again on the same ports and directory. */
  killServer(): Promise<void>
  /** Kills the node of its own process with -9. */
  killNode(): Promise<void>
  /** Starts it again on the same port and directory. */
  startNode(): Promise<void>
}

/** Asks again until there is an answer; fails after `seconds` with what it waited for. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>, seconds = 30): Promise<T> => {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The token with which devices join. */
export const JOIN_TOKEN = 'join-token-of-the-test'

/** A token as it is printed: with the fingerprint of the key that a node has in its data directory. */
export const printedToken = (token: string, dataDir: string): string => {
  const certificate = new X509Certificate(readFileSync(join(dataDir, 'tls-certificate.pem')))
  return `${token}.${fingerprintOf(certificate)}`
}

/** Resolves when a program has written a text to its standard output; rejects when it ends before, with what it logged. */
const said = (program: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let out = ''
    let log = ''
    program.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes(text)) resolve()
    })
    program.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    program.once('close', (code) => reject(new Error(`the program ended with ${code}: ${log}`)))
  })

/** How a cluster is started. */
export type StartOptions = {
  /** Workers called `worker-1`, `worker-2`, … */
  readonly workers?: number
  readonly mode?: Mode
  /** Flags of the API server, which are the node's too where it is embedded. */
  readonly args?: readonly string[]
  /** Flags of the node, wherever it runs. */
  readonly nodeArgs?: readonly string[]
  readonly workerArgs?: readonly string[]
  /** The one API key; without it, none is asked for. */
  readonly key?: string
  /** The data directory of the node, where it is to be a certain one. */
  readonly nodeDirectory?: string
  /** The port of the node is open to the network, so that it speaks TLS, and is known by its key. */
  readonly pinned?: boolean
}

/** Starts a cluster; all of it ends with the test. */
export const startCluster = async (
  t: Test,
  {
    workers = 1,
    mode = 'embedded',
    args = [],
    nodeArgs = [],
    workerArgs = [],
    key,
    pinned = false,
    ...where
  }: StartOptions = {},
): Promise<RunningCluster> => {
  const directory = temporaryDirectory(t)
  const { nodeDirectory = join(directory, 'node') } = where
  const flagsOfNode = (clusterPort: number) => [
    '--cluster-port', `${clusterPort}`,
    '--cluster-bind', pinned ? '0.0.0.0' : '127.0.0.1',
    '--data-dir', nodeDirectory,
    '--join-token', JOIN_TOKEN,
    ...nodeArgs,
  ] // prettier-ignore
  const printed = (token: string): string => (pinned ? printedToken(token, nodeDirectory) : token)
  const flagsOfKey = key === undefined ? [] : ['--auth', '--api-key', key]
  const listen = async (program: 'api' | 'main', flags: readonly string[], variables: Record<string, string> = {}) => {
    const child = start(t, entry(program), flags, variables)
    // What nobody reads fills the pipe, and stops the program.
    child.stdout?.resume()
    return { child, line: await logLine(child, ({ msg }) => msg === 'listening') }
  }
  const startNode = async (clusterPort: number) => {
    const { child, line } = await listen('main', flagsOfNode(clusterPort))
    return { child, clusterPort: Number(line.port) }
  }
  // Of the ports that the system gives, another process may get one while what listened there is down.
  let node = mode === 'remote' ? await startNode(await ownPort()) : undefined
  const startServer = async (port: number, clusterPort: number) => {
    const flagsOfApi = ['--port', `${port}`, ...flagsOfKey, ...args]
    const { child: server, line } =
      node === undefined
        ? await listen('api', [...flagsOfApi, ...flagsOfNode(clusterPort)])
        : await listen('api', [...flagsOfApi, '--cluster-host', '127.0.0.1', '--cluster-port', `${node.clusterPort}`], {
            RETIRE_CLUSTER_CLUSTER_TOKEN: printed(readFileSync(join(nodeDirectory, 'cluster-token'), 'utf8').trim()),
          })
    return { server, port: Number(line.port), clusterPort: Number(line.cluster_port) }
  }
  let current = await startServer(await ownPort(), await ownPort())
  const url = `http://127.0.0.1:${current.port}`

  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(70_000),
    })
    return { ...((await response.json()) as Omit<Answer<T>, 'status'>), status: response.status }
  }
  await until('the API server reaches its node', async () => {
    const { data } = await call<ServerHealth>('GET', '/health')
    return data.cluster.reachable || undefined
  })
  const cluster: RunningCluster = {
    url,
    clusterPort: current.clusterPort,
    joinToken: printed(JOIN_TOKEN),
    nodeDirectory,
    get server() {
      return current.server
    },
    get node() {
      return node?.child
    },
    workers: [],
    call,
    submit: async (submission) => {
      const { status, data, error } = await call<TaskSubmitted>('POST', '/api/v1/tasks', submission)
      if (status !== 201) throw new Error(`not taken in: ${status} ${error?.code ?? ''} ${error?.message ?? ''}`)
      return data
    },
    task: async (task_id, wait = 0) =>
      (await call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}?wait=${wait}`)).data.task,
    tasks: async (query) => (await call<TaskList>('GET', `/api/v1/tasks?${query}`)).data,
    devices: async () => (await call<DeviceList>('GET', '/api/v1/devices')).data,
    addWorker: async (device_id, more = []) => {
      const process = start(t, entry('worker'), [
        '--join', `127.0.0.1:${current.clusterPort}`,
        '--token', cluster.joinToken,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
        // Whatever the battery of the machine that runs the test.
        '--min-battery', 'none', '--max-temperature', 'none', '--max-cpu', 'none',
        ...workerArgs,
        ...more,
      ]) // prettier-ignore
      await said(process, `joined as ${device_id}`)
      const worker = { device_id, process }
      cluster.workers.push(worker)
      return worker
    },
    killServer: async () => {
      const { server, port, clusterPort } = current
      server.kill('SIGKILL')
      await ended(server)
      current = await startServer(port, clusterPort)
    },
    killNode: async () => {
      if (node === undefined) throw new Error('the node has no process of its own')
      node.child.kill('SIGKILL')
      await ended(node.child)
    },
    startNode: async () => {
      node = await startNode(current.clusterPort)
    },
  }
  for (let number = 1; number <= workers; number += 1) await cluster.addWorker(`worker-${number}`)
  return cluster
}
