/** Ports that stay free while their server is away. */
import { createServer } from 'node:net'
import { type Chance, chanceOf } from './chance.ts'

/** Below the ports that the system gives to outgoing connections (Linux: 32768 on, `ip_local_port_range`). */
const [LOWEST, HIGHEST] = [12_000, 32_000]

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * A port that is free, and that no outgoing connection takes while the server behind it is down. Of the others, a worker that
 * dials again and again would one day get the very port that it dials, and be connected with itself.
 */
export const freePort = async (chance: Chance): Promise<number> => {
  for (;;) {
    const port = Math.floor(chance.between(LOWEST, HIGHEST))
    if (await isFree(port)) return port
  }
}

const own = chanceOf(process.pid)

/** Another such port for this process, where a test has no choices to be made again. */
export const ownPort = (): Promise<number> => freePort(own)
