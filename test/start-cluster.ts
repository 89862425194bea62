/** A whole cluster of real processes: an API server with its node, and workers, on free ports and temporary directories. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { DeviceList, TaskDetail, TaskList, TaskSubmitted } from '../schemas/index.ts'
import { ended, entry, logLine, start, temporaryDirectory } from './cli/programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** An answer of the API, as it came. */
export type Answer<T> = {
  readonly status: number
  readonly data: T
  readonly error?: { code: string; message: string }
}

/** A worker that runs. */
export type WorkerProcess = { readonly device_id: string; readonly process: ChildProcess }

/** A cluster that runs. */
export interface RunningCluster {
  readonly url: string
  readonly clusterPort: number
  /** The process of the API server; another one after a restart. */
  readonly server: ChildProcess
  readonly workers: WorkerProcess[]
  call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  submit(submission: object): Promise<TaskSubmitted>
  task(task_id: string, wait?: number): Promise<TaskDetail>
  tasks(query: string): Promise<TaskList>
  devices(): Promise<DeviceList>
  addWorker(device_id: string, args?: readonly string[]): Promise<WorkerProcess>
  /** Kills the server with -9, and starts it again on the same ports and directory. */
  killServer(): Promise<void>
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

const JOIN_TOKEN = 'join-token-of-the-test'

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

/** Starts a cluster; all of it ends with the test. */
export const startCluster = async (
  t: Test,
  {
    workers = 1,
    args = [],
    workerArgs = [],
  }: { workers?: number; args?: readonly string[]; workerArgs?: readonly string[] } = {},
): Promise<RunningCluster> => {
  const directory = temporaryDirectory(t)
  const startServer = async (port: number, clusterPort: number) => {
    const server = start(t, entry('api'), [
      '--port', `${port}`,
      '--cluster-port', `${clusterPort}`,
      '--cluster-bind', '127.0.0.1',
      '--data-dir', join(directory, 'node'),
      '--join-token', JOIN_TOKEN,
      ...args,
    ]) // prettier-ignore
    // What nobody reads fills the pipe, and stops the program.
    server.stdout?.resume()
    const line = await logLine(server, ({ msg }) => msg === 'listening')
    return { server, port: Number(line.port), clusterPort: Number(line.cluster_port) }
  }
  let current = await startServer(0, 0)
  const url = `http://127.0.0.1:${current.port}`

  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const response = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(70_000),
    })
    return { ...((await response.json()) as Omit<Answer<T>, 'status'>), status: response.status }
  }
  const cluster: RunningCluster = {
    url,
    clusterPort: current.clusterPort,
    get server() {
      return current.server
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
        '--token', JOIN_TOKEN,
        '--device-id', device_id,
        '--data-dir', join(directory, device_id),
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
  }
  for (let number = 1; number <= workers; number += 1) await cluster.addWorker(`worker-${number}`)
  return cluster
}
