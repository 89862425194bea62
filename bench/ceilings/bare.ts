/** Fastify with one route, for what it takes to start, and to be there. */
import fastify from 'fastify'

const app = fastify()
app.get('/', () => ({ hello: 'world' }))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`listening on ${new URL(address).port}\n`)
