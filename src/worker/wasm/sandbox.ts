/**
 * The program in which the modules of `wasm` tasks run: a process of its own, and in it a thread for the module. The other thread
 * watches over it, since nothing interrupts a module. Its exit code is the module's; what went wrong is told by the file descriptor 3.
 */
import { setFlagsFromString } from 'node:v8'
import { isMainThread, Worker } from 'node:worker_threads'
import { writeAll } from '../write-all.ts'
import { WASM_ARGUMENT } from './argument.ts'
import type { WasmRequest } from './request.ts'

/** Memory of a module, in the pages of WebAssembly of 64 KiB: 128 MiB, as much as the code of `javascript` has. */
const MEMORY_PAGES = 2048
/** Elements of a table, of which V8 takes some 30 bytes for each. */
const TABLE_ELEMENTS = 100_000
/** Bytes of a module: compiled, it takes several times as much. */
const MODULE_BYTES = 32 * 2 ** 20
/** Resident memory of the process, bytes: what a module has, Node, and the code of a large one. A module of many memories ends here. */
const PROCESS_BYTES = 320 * 2 ** 20
/** Milliseconds between two looks: time to fill some 50 MiB. */
const LOOK_MS = 20

/** Ends the process, module and all: an exit would wait for the thread, which does not always let itself be ended. */
const end = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

/** V8 asks for these when a module is compiled, and when its memory grows. */
const bound = (): void => {
  setFlagsFromString(`--wasm-max-mem-pages=${MEMORY_PAGES}`)
  setFlagsFromString(`--wasm-max-table-size=${TABLE_ELEMENTS}`)
  setFlagsFromString(`--wasm-max-module-size=${MODULE_BYTES}`)
}

const watch = (): void => {
  const worker = process.ppid
  const look = setInterval(() => {
    // Nobody ends a module that outlives its worker, but the next worker, which may never come: it would burn until the battery is empty.
    if (process.ppid !== worker) return end()
    if (process.memoryUsage.rss() <= PROCESS_BYTES) return
    clearInterval(look)
    writeAll(3, `It took more than ${PROCESS_BYTES / 2 ** 20} MiB of memory.`)
    end()
  }, LOOK_MS)
}

const oversee = (file: string, request: string): Promise<number> => {
  bound()
  watch()
  const thread = new Worker(file, { argv: [WASM_ARGUMENT, request] })
  // What the module does wrong the thread tells itself.
  return new Promise((resolve, reject) => thread.once('error', reject).once('exit', resolve))
}

/**
 * Runs the module that is asked for, or, in the thread that this starts, is that thread.
 * @param file - the program of the worker
 * @param request - a `WasmRequest` as JSON
 * @returns the exit code
 */
export const runWasm = async (file: string, request = ''): Promise<number> => {
  if (isMainThread) return oversee(file, request)
  const { runModule } = await import('./run-module.ts')
  return runModule(JSON.parse(request) as WasmRequest)
}
