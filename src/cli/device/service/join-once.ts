/** A device joins once, by its token, before it becomes a service: a token that has to be kept for a service would be a secret in a file. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, variableName } from '../../options/flag.ts'
import { StartError } from '../../failure.ts'
import type { Account } from './account.ts'
import type { Service } from './service.ts'

/** The node lets a device in within a second; one that is reached by a slow way gets a minute. */
const JOIN_MS = 60_000

/**
 * Runs the worker until the node has let it in, and ends it.
 * @param account - whom it runs as, where it is somebody else
 * @throws StartError where the node did not let it in; the worker has said why
 */
export const joinOnce = async (
  { argv: [node, ...rest], variables }: Service,
  token: string,
  account: Account | undefined,
  environment: Environment,
): Promise<void> => {
  const worker = spawn(node, rest, {
    env: { ...environment, ...variables, ...(account && { HOME: account.home }), [variableName('token')]: token },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(account && { uid: account.uid, gid: account.gid, cwd: '/' }),
  })
  const joined = Promise.withResolvers<'joined'>()
  worker.stdout.setEncoding('utf8').on('data', (said: string) => {
    process.stdout.write(said)
    if (said.includes('joined as ')) joined.resolve('joined')
  })
  const ended = new Promise<'ended' | Error>((resolve) => {
    worker.once('error', resolve)
    worker.once('close', () => resolve('ended'))
  })
  const late = sleep(JOIN_MS, 'late' as const, { ref: false })
  const outcome = await Promise.race([joined.promise, ended, late])
  worker.kill('SIGTERM')
  await ended
  if (outcome === 'joined') return
  if (outcome === 'late')
    throw new StartError(
      `The node has not let this device in within ${JOIN_MS / 1000} seconds; see that it runs and is reached from here, and try again.`,
    )
  if (outcome === 'ended')
    throw new StartError('The device has not joined, for the reason above; nothing was installed.')
  throw new StartError(`The worker could not be run: ${outcome.message}`, { cause: outcome })
}
