import t from 'tap'
import type { DeviceCommand } from '../../src/cli/device/command.ts'
import { commandOf } from '../../src/cli/device/commands.ts'
import { UsageError } from '../../src/cli/failure.ts'
import { entry, runToEnd } from './programs.ts'

const doctor: DeviceCommand = { summary: 'Looks.', load: () => Promise.resolve(() => Promise.resolve(0)) }
const commands = { doctor }

void t.test('the first word that is neither a flag nor its value names a command, and the rest is its line', (t) => {
  const lines: readonly (readonly [line: string, rest: string | undefined])[] = [
    ['doctor', ''],
    ['doctor --report file', '--report file'],
    ['--join 192.168.1.100 doctor --report file', '--join 192.168.1.100 --report file'],
    ['--join=192.168.1.100 --insecure-link doctor', '--join=192.168.1.100 --insecure-link'],
    ['--config doctor doctor', '--config doctor'],
    ['--tags doctor', undefined],
    ['--insecure-link', undefined],
    ['--help doctor', undefined],
    ['--jion 192.168.1.100', undefined],
    ['', undefined],
  ]
  for (const [line, rest] of lines) {
    const named = commandOf(line.split(' ').filter(Boolean), commands)
    t.equal(named?.argv.join(' '), rest, line)
    if (named !== undefined) t.equal(named.command, doctor)
  }
  t.end()
})

void t.test('a word that is no command is refused, and the one that was meant is named', (t) => {
  const refusal = (says: RegExp) => Object.assign(new UsageError(''), { message: says })
  t.throws(() => commandOf(['docter'], commands), refusal(/^There is no command "docter"\. Did you mean doctor\?$/))
  t.throws(() => commandOf(['__proto__'], commands), refusal(/^There is no command "__proto__"\.$/))
  t.throws(() => commandOf([''], commands), refusal(/^There is no command ""\.$/))
  t.end()
})

void t.test('the worker takes no other word, and still names the flag that was meant', async (t) => {
  t.match(await runToEnd(t, entry('worker'), ['extra']), { code: 2, stdout: '', stderr: /There is no command "extra"/ })
  t.match(await runToEnd(t, entry('worker'), ['--jion', 'host']), { code: 2, stderr: /Did you mean --join\?/ })
})
