import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readTemperature } from '../../../src/worker/telemetry/heat.ts'
import { readBattery } from '../../../src/worker/telemetry/power.ts'
import { readCpuModel, readModel } from '../../../src/worker/profile/hardware.ts'
import { type Machine, thisMachine } from '../../../src/worker/machine.ts'
import { entry, runToEnd } from '../../cli/programs.ts'
import { machineIn } from '../../worker/recorded.ts'

const what = async (machine: Machine) => ({
  model: await readModel(machine, { os: machine.platform }),
  processor: await readCpuModel(machine),
  hasBattery: (await readBattery(machine)) !== null,
  hasSensors: (await readTemperature(machine)) !== null,
})

void t.test('tar unpacks the report of this machine, and the worker reads the copy like the machine', async (t) => {
  const directory = t.testdir({ copy: {} })
  const report = join(directory, 'report.tar')
  const copy = join(directory, 'copy')
  const { code, stdout, stderr } = await runToEnd(t, entry('worker'), ['doctor', '--report', report])
  t.equal(code, 0, stderr)
  t.match(stdout, /^wrote \d+ files to /)
  execFileSync('tar', ['xf', report, '-C', copy])
  t.strictSame(await what(machineIn(copy)), await what(thisMachine))
  const told = readFileSync(join(copy, 'machine.json'), 'utf8')
  t.notMatch(told, `"${os.hostname()}"`)
  t.strictSame(
    readdirSync(copy).filter((name) => !['sys', 'proc', 'etc', 'system', 'machine.json'].includes(name)),
    [],
  )
})

void t.test('a report that cannot be written is a sentence', async (t) => {
  const file = join(t.testdir({}), 'missing', 'report.tar')
  const outcome = await runToEnd(t, entry('worker'), ['doctor', '--report', file])
  t.match(outcome, { code: 1, stderr: /report\.tar cannot be written \(ENOENT\)/ })
})
