import t from 'tap'
import { startCluster } from '../start-cluster.ts'
import { entry, runToEnd } from './programs.ts'

void t.test('devices run runs a command once on every device that matches, and shows one table', async (t) => {
  const cluster = await startCluster(t, { workers: 0, args: ['--no-rate-limit'] })
  await cluster.addWorker('pi-1', ['--tags', 'lab', '--allow', 'command'])
  await cluster.addWorker('pi-2', ['--tags', 'lab', '--allow', 'command'])
  await cluster.addWorker('tablet', ['--allow', 'command'])
  const run = (...args: string[]) =>
    runToEnd(t, entry('client'), ['devices', 'run', ...args], {
      RETIRE_CLUSTER_API_URL: cluster.url,
      XDG_CONFIG_HOME: '/nonexistent',
    })

  const lab = await run('--tag', 'lab', '--', 'sh', '-c', 'echo one; echo two')
  t.equal(lab.code, 0, lab.stderr)
  const table = lab.stdout.replace(/\d+(\.\d+)?s\b/g, 'time')
  t.match(table, /^DEVICE_ID +STATUS +EXIT_CODE +TOOK +OUTPUT\npi-1 +completed +0 +time +one\n +two\npi-2 +completed +0 +time +one\n +two\n$/) // prettier-ignore

  const failed = await run('--device', 'pi-1', '--output', 'json', '--', 'sh', '-c', 'echo no; exit 3')
  t.equal(failed.code, 4)
  t.match(JSON.parse(failed.stdout), { runs: [{ device_id: 'pi-1', status: 'failed', exit_code: 3, output: 'no\n' }] })

  await cluster.addWorker('watch')
  const refused = await run('-q', '--', 'true')
  t.match(refused, { code: 4, stdout: 'pi-1\npi-2\ntablet\nwatch\n', stderr: /went well on 3 of 4 devices/ })
  t.match(await run('--device', 'watch', '--output', 'csv', '--', 'true'), {
    stdout: /^watch,refused,,,,.*--allow command/m,
  })

  await cluster.call('PATCH', '/api/v1/devices/tablet', { schedulable: false })
  const drained = await run(
    '--device',
    'tablet',
    '--device',
    'pi-1',
    '--device',
    'attic',
    '--output',
    'csv',
    '--',
    'true',
  )
  t.equal(drained.code, 4)
  t.match(drained.stdout, /^tablet,refused,,,,.*drained.*$/m)
  t.match(drained.stdout, /^attic,refused,,,,.*not online.*$/m)
  t.match(drained.stdout, /^pi-1,completed,0,/m)
  t.match(await run('--tag', 'attic', '--', 'true'), { code: 1, stderr: /No online device matches/ })
  t.match(await run('--tag', 'lab'), { code: 2, stderr: /behind --/ })
})
