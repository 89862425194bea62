import t from 'tap'
import { bindingOf, isElsewhere, readTraits } from '../../src/worker/binding.ts'
import { thisMachine } from '../../src/worker/machine.ts'
import { type MadeUp, madeUp } from './machines.ts'

const card = (address: string) => ({ address })

void t.test('a machine is known by what its makers burnt in, and by the id of its system', async (t) => {
  const machine = madeUp(t, {
    system: '0123',
    serial: '10000000abcdef01',
    cards: [
      card('dc:a6:32:00:00:01'),
      { address: '02:42:ac:11:00:02', isVirtual: true },
      { address: '9e:00:00:00:00:01', assigned: '1' },
    ],
  })
  t.strictSame(await readTraits(machine), {
    system: '0123',
    hardware: ['10000000abcdef01', 'dc:a6:32:00:00:01'],
  })
})

void t.test('a phone, which tells nothing of the kind, is bound to nothing', async (t) => {
  t.strictSame(await readTraits({ ...madeUp(t, { serial: '0000000000000000' }), platform: 'android' }), {
    system: null,
    hardware: [],
  })
})

void t.test('this machine can be asked, whatever it runs', async (t) => {
  t.match(await readTraits(thisMachine), { hardware: Array })
})

const original: MadeUp = { system: 'a', cards: [card('00:00:00:00:00:01'), card('00:00:00:00:00:02')] }

const others: readonly [what: string, is: MadeUp, elsewhere: boolean][] = [
  ['the same machine', original, false],
  ['the same machine with one adapter less', { ...original, cards: [card('00:00:00:00:00:02')] }, false],
  ['the same machine, installed anew', { ...original, system: 'b' }, false],
  ['the same machine that tells no hardware any more', { system: 'a' }, false],
  ['a clone of its disk on another machine', { ...original, cards: [card('00:00:00:00:00:03')] }, true],
  ['another machine that tells no hardware', { system: 'b' }, true],
  ['a machine that tells nothing', {}, false],
]

for (const [what, is, elsewhere] of others)
  void t.test(`an identity taken to ${what} is ${elsewhere ? '' : 'not '}elsewhere`, async (t) => {
    const [kept, now] = await Promise.all(
      [original, is].map(async (machine) => bindingOf(await readTraits(madeUp(t, machine)), 'credential')),
    )
    if (kept === undefined || now === undefined) throw new Error('no binding was made')
    t.equal(isElsewhere(kept, now), elsewhere)
  })

void t.test('what is kept of a machine tells nobody what it is', async (t) => {
  const traits = await readTraits(madeUp(t, original))
  const [one, other] = [bindingOf(traits, 'one'), bindingOf(traits, 'other')]
  t.notSame(one, other, 'and not even that two credentials are of one machine')
  t.notMatch(JSON.stringify(one), '00:00')
})
