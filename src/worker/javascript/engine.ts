/**
 * The engine: QuickJS as WebAssembly, which knows nothing of the machine. In the one-file worker this module is replaced by
 * one that has the WebAssembly inside (`scripts/bundle-worker.ts`).
 */

/** The engine, as `quickjs-emscripten-core` takes it. */
export const engine = import('@jitl/quickjs-wasmfile-release-sync')
