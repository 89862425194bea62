/** A process that writes a named file and one without a name, and comes to no end with either: it says so once some of both is there. */
import { createHash } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { openDiskFiles } from '../../../src/store/files/disk-files.ts'

const [directory = '', bytes = '0'] = process.argv.slice(2)
const beginning = Buffer.alloc(Number(bytes), 'the beginning of a file ')
const whole = Buffer.concat([beginning, Buffer.from('its end')])
const files = await openDiskFiles(directory)
const names = [createHash('sha256').update(whole).digest('hex'), null]
for (const sha256 of names) {
  const body = new PassThrough({ highWaterMark: beginning.length })
  body.write(beginning)
  void files.write({ sha256, offset: 0, body, maxBytes: Number.MAX_SAFE_INTEGER })
}
process.stdout.write('writing\n')
setInterval(() => undefined, 1000)
