/** The one argument by which the program of the worker becomes the sandbox of a `wasm` task; the request follows it. */
export const WASM_ARGUMENT = 'wasm-sandbox'
