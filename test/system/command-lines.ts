/** What everybody sees of processes (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'

/** The command lines of a process and of all that it started. */
export const commandLinesBelow = (root: number): string[] => {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
        return [{ pid: Number(pid), parent, line: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
      } catch {
        // It ended while we looked.
        return []
      }
    })
  const below = new Set([root])
  for (let before = 0; before !== below.size;) {
    before = below.size
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid)
  }
  return processes.filter(({ pid }) => below.has(pid)).map(({ line }) => line)
}
