/** Takes messages on WebSockets, reads them as JSON, and does nothing with them. */
import type { AddressInfo } from 'node:net'
import { type RawData, WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', (frame: RawData) => void JSON.parse((frame as Buffer).toString()))
})
server.on('listening', () => process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`))
