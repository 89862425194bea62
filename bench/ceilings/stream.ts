/** Writes events to raw streams: those of a `POST` are made into bytes once, and go to every reader in one write. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const readers = new Set<ServerResponse>()
let sequence = 0

const frameOf = (): string => {
  sequence += 1
  const event = {
    type: 'task_created',
    task_id: 'task-0123456789abcd',
    task_type: 'echo',
    batch_id: 'batch-0123456789abcd',
    requested_device_id: null,
    timestamp: new Date().toISOString(),
  }
  return `id: 1764412800000.${sequence}\ndata: ${JSON.stringify(event)}\n\n`
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.flushHeaders()
    readers.add(response)
    response.once('close', () => readers.delete(response))
    return
  }
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const { tasks } = JSON.parse(body) as { tasks: readonly unknown[] }
    const bytes = Buffer.from(tasks.map(frameOf).join(''))
    for (const reader of readers) reader.write(bytes)
    response.writeHead(201).end('{}')
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`))
