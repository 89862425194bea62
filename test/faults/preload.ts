/**
 * Preloaded into every process of a rig (`--import`).
 *
 * It lets a test move the wall clock: by so many milliseconds as the file FAULTS_CLOCK says, at the start and again at each
 * SIGUSR2. The monotonic clock goes on as it does in a machine whose time is set. What was read is written to a file beside it,
 * so that the test knows when the clock has jumped.
 *
 * And it tells the process to stop when its test is gone, however that ended: the pipe to its standard input ends then.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'

const file = process.env.FAULTS_CLOCK
const RealDate = Date
let shiftMs = 0

const now = () => RealDate.now() + shiftMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver): unknown => (name === 'now' ? now : Reflect.get(target, name, receiver)),
})

const read = () => {
  if (file === undefined || !existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  shiftMs = Number(text)
  writeFileSync(`${file}.read`, text)
}

read()
process.on('SIGUSR2', read)

process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'))
process.stdin.resume()
// A process that has nothing else to do may end.
if (process.stdin instanceof Socket) process.stdin.unref()
