/**
 * Somebody in the network of a node who claims to be it: says so by multicast DNS, listens on its port with a key of his own, and
 * prints all that he is told. Arguments: the directory of his key, and the fingerprint that he claims.
 */
import { createServer } from 'node:tls'
import { ownCertificate } from '../../../src/cli/server/certificate/own.ts'
import { advertise } from '../../../src/link/server/advertise.ts'
import { silent } from '../../link/link-world.ts'

const [directory = '', fingerprint] = process.argv.slice(2)
const PORT = 8080

const server = createServer(await ownCertificate(directory)(), (socket) => {
  socket.on('data', (bytes: Buffer) => process.stdout.write(`heard ${bytes.toString('hex')}\n`))
  socket.on('error', () => undefined)
})
server.on('connection', () => process.stdout.write('asked\n'))
server.listen(PORT, '0.0.0.0', () => {
  const { ready } = advertise({ node: { port: PORT, fingerprint }, bind: '0.0.0.0', log: silent })
  void ready.then(() => process.stdout.write('ready\n'))
})
