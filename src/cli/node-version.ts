/** The oldest Node that can run this. Imports nothing: it must run where the rest would not even load (node:sqlite). */

const OLDEST = [22, 16] as const

/** The sentence with which an older Node is refused; undefined where `version` (as in `process.versions.node`) will do. */
export const refusalOfNode = (program: string, version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined
  return `${program}: Node ${version} is too old; install Node ${OLDEST.join('.')} or newer (https://nodejs.org/, in Termux: pkg install nodejs-lts).`
}

/** Ends the process with code 1 and one sentence where its Node is too old. */
export const requireNode = (program: string): void => {
  const refusal = refusalOfNode(program, process.versions.node)
  if (refusal === undefined) return
  process.stderr.write(`${refusal}\n`)
  process.exit(1)
}
