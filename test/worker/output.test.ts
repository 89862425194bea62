import t from 'tap'
import { fakeClock } from '../cluster/fake-clock.ts'
import { captureOutput, cutToBytes } from '../../src/worker/executors/output.ts'
import { createOutputStream, type OutputPiece } from '../../src/worker/output-stream.ts'

void t.test('a text is cut to bytes of UTF-8, never within a character', (t) => {
  t.equal(cutToBytes('abc', 3), 'abc')
  t.equal(cutToBytes('abcd', 3), 'abc')
  t.equal(cutToBytes('aé', 2), 'a')
  t.equal(cutToBytes('a€b', 3), 'a')
  t.equal(cutToBytes('a€b', 4), 'a€')
  t.equal(cutToBytes('😀😀', 7), '😀')
  t.equal(cutToBytes('😀', 3), '')
  t.end()
})

void t.test('output is kept up to its limit and counted in full', (t) => {
  const told: string[] = []
  const capture = captureOutput((text) => void told.push(text), 5)
  const stream = capture.stream()
  stream.write(Buffer.from('abc'))
  stream.write(Buffer.from('de€f'))
  stream.write(Buffer.from('g'))
  stream.end()
  t.strictSame(capture.printed(), { output: 'abcde', output_truncated: true, output_bytes: 10 })
  t.strictSame(told, ['abc', 'de'], 'what is told is what is kept')
  t.end()
})

void t.test('output of exactly the limit is not cut', (t) => {
  const capture = captureOutput(() => undefined, 3)
  const stream = capture.stream()
  stream.write(Buffer.from('abc'))
  stream.end()
  t.strictSame(capture.printed(), { output: 'abc', output_truncated: false, output_bytes: 3 })
  t.end()
})

void t.test('characters whose bytes come in pieces are put together, also while another stream writes', (t) => {
  const capture = captureOutput(() => undefined)
  const [out, err] = [capture.stream(), capture.stream()]
  const euro = Buffer.from('€')
  out.write(euro.subarray(0, 1))
  err.write(Buffer.from('!'))
  out.write(euro.subarray(1))
  t.equal(capture.printed().output, '!€')
  t.end()
})

void t.test('what is not UTF-8 becomes the replacement character, at the end of a stream too', (t) => {
  const capture = captureOutput(() => undefined)
  const stream = capture.stream()
  stream.write(Buffer.from([0x61, 0xff, 0x62, 0xe2, 0x82]))
  stream.end()
  t.strictSame(capture.printed(), { output: 'a\ufffdb\ufffd', output_truncated: false, output_bytes: 5 })
  t.end()
})

void t.test('live output is put together for 200 ms, and sent with its place in characters', async (t) => {
  const clock = fakeClock()
  const sent: OutputPiece[] = []
  const stream = createOutputStream(clock, (piece) => sent.push(piece) > 0)
  stream.write('€')
  stream.write('2')
  await clock.advance(199)
  t.strictSame(sent, [])
  await clock.advance(1)
  t.strictSame(sent, [{ offset: 0, text: '€2' }])
  stream.write('3')
  stream.end()
  t.strictSame(sent[1], { offset: 2, text: '3' }, 'the end does not wait')
  await clock.advance(1000)
  t.equal(sent.length, 2)
})

void t.test('what waits is not sent where the end bears all of it', async (t) => {
  const clock = fakeClock()
  const sent: OutputPiece[] = []
  const stream = createOutputStream(clock, (piece) => sent.push(piece) > 0)
  stream.write('all')
  stream.drop()
  await clock.advance(1000)
  t.strictSame(sent, [])
})

void t.test('64 Ki characters are sent at once, in pieces that tear no character', (t) => {
  const sent: OutputPiece[] = []
  const stream = createOutputStream(fakeClock(), (piece) => sent.push(piece) > 0)
  const text = `${'a'.repeat(65_535)}😀tail`
  stream.write(text)
  t.equal(sent[0]?.text.length, 65_535)
  t.equal(sent.map((piece) => piece.text).join(''), text)
  t.equal(sent[1]?.offset, 65_535)
  t.end()
})

void t.test('what the link does not take is sent once it does, without a gap', async (t) => {
  const clock = fakeClock()
  const sent: OutputPiece[] = []
  let isAway = true
  const stream = createOutputStream(clock, (piece) => !isAway && sent.push(piece) > 0)
  stream.write('one ')
  await clock.advance(500)
  stream.write('two')
  isAway = false
  await clock.advance(200)
  t.strictSame(sent, [{ offset: 0, text: 'one two' }])
})

void t.test('what the node lacks is sent again, and what is printed later follows it', async (t) => {
  const clock = fakeClock()
  const sent: OutputPiece[] = []
  const stream = createOutputStream(clock, (piece) => sent.push(piece) > 0)
  stream.write('one ')
  await clock.advance(200)
  stream.write('two ')
  stream.resume(2)
  stream.write('three')
  await clock.advance(200)
  t.strictSame(sent, [
    { offset: 0, text: 'one ' },
    { offset: 2, text: 'e two ' },
    { offset: 8, text: 'three' },
  ])
})
