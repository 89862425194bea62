/** dask.distributed: tasks and results are in memory alone. */
import { join } from 'node:path'
import type { Peer } from '../contestant.ts'
import { startPython, startPythonDriver } from '../programs.ts'
import { besideOurs } from './ours.ts'

/** It keeps nothing on disk. */
export const dask: Peer = {
  name: 'dask',
  title: 'dask.distributed (not durable)',
  needs: ['python-packages'],
  times: 15,
  start: besideOurs(async ({ directory, using }) => {
    const alike = ['--host', '127.0.0.1', '--no-dashboard']
    const scheduler = using(
      await startPython(
        ['-m', 'dask', 'scheduler', ...alike, '--port', '0'],
        /Scheduler at:\s+(?<address>tcp:\/\/127\.0\.0\.1:\d+)/,
      ),
    )
    const address = scheduler.said.address ?? ''
    const worker = using(
      await startPython(
        ['-m', 'dask', 'worker', address, ...alike, '--no-nanny', '--local-directory', join(directory, 'dask')],
        /Registered to:\s+tcp:/,
      ),
    )
    return { driver: using(startPythonDriver('dask', { SCHEDULER: address })), servers: [scheduler, worker] }
  }),
}
