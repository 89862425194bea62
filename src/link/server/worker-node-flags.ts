/** How Node runs a worker: it waits most of the time, so that memory counts for more than speed. Measured: 8 and 5 MB less resident. */

/**
 * Flags of V8 (`node --v8-options`): a young generation of 1 MiB, code that is small before it is fast, and no optimizing
 * compiler, of which 5 MB stay resident once it has compiled a single function (the faster of the baseline compilers stays).
 */
export const WORKER_NODE_FLAGS = ['--max-semi-space-size=1', '--optimize-for-size', '--no-opt'] as const

/**
 * Variables of glibc (mallopt(3)): one arena for all threads, and what is free at its end goes back to the system from 64 KiB on.
 * Other C libraries ignore them, and tasks do not get them.
 */
export const WORKER_NODE_VARIABLES = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' } as const
