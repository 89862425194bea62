/** What the tests of files between real processes share. */
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact, Success, TaskDetail } from '../../../schemas/index.ts'
import { type RunningCluster, until } from '../../start-cluster.ts'
import { endsIn } from '../../worker/outbox-content.ts'

/** The hash by which content is known. */
export const hashed = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/** Stores a file over the API; its hash. */
export const store = async ({ url }: RunningCluster, content: Buffer | string): Promise<string> => {
  const headers = { 'content-type': 'application/octet-stream' }
  const response = await fetch(`${url}/api/v1/artifacts`, {
    method: 'POST',
    headers,
    body: new Uint8Array(Buffer.from(content)),
  })
  const { data } = (await response.json()) as Success<Artifact>
  return data.sha256
}

/** What a task left, as the API gives it out: by name. */
export const leftBy = async ({ url }: RunningCluster, { result }: TaskDetail): Promise<Record<string, string>> => {
  const named = (result?.artifacts ?? []).map(async ({ name, sha256 }) => {
    const response = await fetch(`${url}/api/v1/artifacts/${sha256}`)
    return [name, await response.text()] as const
  })
  return Object.fromEntries(await Promise.all(named))
}

/** A command line for a shell. */
export const shell = (line: string) => ({ task_type: 'command', payload: { command: ['sh', '-c', line] } })

/** A directory of a worker. */
export const directoryOf = ({ nodeDirectory }: RunningCluster, device_id: string, name = ''): string =>
  join(nodeDirectory, '..', device_id, name)

/** What a worker keeps of tasks and their files, by the name of its directory: all but what it keeps for later tasks. */
export const keptBy = (cluster: RunningCluster, device_id: string): string[] => [
  ...['outputs', 'work'].flatMap((name) =>
    readdirSync(directoryOf(cluster, device_id, name)).map((entry) => `${name}/${entry}`),
  ),
  ...endsIn(directoryOf(cluster, device_id)).map((name) => `outbox/${name}`),
]

/** Where a device keeps a file that is on its way to it. */
export const partAt = (cluster: RunningCluster, device_id: string, sha256: string): string =>
  directoryOf(cluster, device_id, join('files', `${sha256}.part`))

/** Resolves when so many bytes of a file have come, and it is not whole. @param part - where it lies */
export const onItsWay = (part: string, bytes: number): Promise<true> =>
  until('a part of the file has come', () => Promise.resolve(sizeOf(part) >= bytes || undefined), 30)

/** The size of a file, bytes; 0 where there is none. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Resolves with a task when it has ended, though its node be away meanwhile. */
export const ending = (cluster: RunningCluster, task_id: string): Promise<TaskDetail> =>
  until(
    'it has ended',
    async () => {
      const { status, data } = await cluster.call<{ task: TaskDetail }>('GET', `/api/v1/tasks/${task_id}`)
      return status === 200 && data.task.completed_at !== null ? data.task : undefined
    },
    60,
  )
