/** How Node runs a worker: it waits most of the time, so that memory counts for more than speed. Measured: 3 MB less resident. */

/** Flags of V8 (`node --v8-options`): a young generation of 1 MiB, and code that is small before it is fast. */
export const WORKER_NODE_FLAGS = ['--max-semi-space-size=1', '--optimize-for-size'] as const
