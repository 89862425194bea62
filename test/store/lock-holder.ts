/** A process that takes a directory, says so, and keeps it until it is ended. */
import { lockDirectory } from '../../src/store/lock.ts'

lockDirectory(process.argv[2] ?? '')
process.stdout.write('locked\n')
process.stdin.resume()
