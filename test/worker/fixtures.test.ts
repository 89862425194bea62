import t from 'tap'
import { DeviceProfile, Telemetry } from '../../schemas/device-profile.ts'
import { problemOf } from '../../src/link/checks.ts'
import { bindingOf, isElsewhere, readTraits } from '../../src/worker/binding.ts'
import { readProfile } from '../../src/worker/profile.ts'
import { readSlowFacts } from '../../src/worker/profile/slow-facts.ts'
import { createTelemetry } from '../../src/worker/telemetry.ts'
import { fakeClock } from '../cluster/fake-clock.ts'
import { expected, fixture, fixtureNames } from './fixture.ts'

for (const name of fixtureNames)
  void t.test(`${name} is read wholly: what it is, how it is doing, and what tells it from others`, async (t) => {
    const told = fixture(name)
    let ms = 0
    // Half of the time between two looks its processors are at work.
    const cpus = () =>
      told.system.cpus().map((cpu) => ({ ...cpu, times: { ...cpu.times, user: ms / 2, idle: ms / 2 } }))
    const machine = { ...told, system: { ...told.system, cpus } }
    const profile = await readProfile({ dataDir: 'nowhere', version: '1.2.3', machine })
    const whole = { ...profile, ...(await readSlowFacts(machine, profile)) }
    const clock = fakeClock()
    const sampler = createTelemetry({ dataDir: 'nowhere', clock, machine })
    for (let second = 0; second < 2; second += 1) {
      ms += 1000
      await clock.advance(1000)
      if (second === 0) await sampler.sample()
    }
    const telemetry = await sampler.sample()
    t.equal(problemOf(DeviceProfile, whole), undefined)
    t.equal(problemOf(Telemetry, telemetry), undefined)
    const { profile: what, telemetry: how, traits } = expected(name)
    t.strictSame(whole, {
      ...what,
      platform: { ...what.platform, node_version: process.versions.node },
      worker_version: '1.2.3',
    })
    t.strictSame(telemetry, how)
    t.strictSame(await readTraits(machine), traits)
  })

void t.test('a cloned laptop is another device, though its disk is the same', async (t) => {
  const [laptop, clone] = await Promise.all(
    (['laptop', 'laptop-clone'] as const).map((name) => readTraits(fixture(name))),
  )
  if (laptop === undefined || clone === undefined) throw new Error('nothing was read')
  t.equal(laptop.system, clone.system)
  t.equal(isElsewhere(bindingOf(laptop, 'credential'), bindingOf(clone, 'credential')), true)
})
