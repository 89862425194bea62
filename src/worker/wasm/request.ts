/** What the sandbox of a `wasm` task is asked: the module lies in the directory that it is started in. */
export type WasmRequest = {
  readonly module: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}
