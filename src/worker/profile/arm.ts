/** The names of ARM cores, which /proc/cpuinfo tells by numbers alone: as in util-linux, sys-utils/lscpu-arm.c. */

/** Cores of ARM itself (implementer 0x41) that retired devices have. */
const PARTS: Readonly<Record<string, string>> = {
  '0xb76': 'ARM1176',
  '0xc05': 'Cortex-A5',
  '0xc07': 'Cortex-A7',
  '0xc08': 'Cortex-A8',
  '0xc09': 'Cortex-A9',
  '0xc0d': 'Cortex-A12',
  '0xc0e': 'Cortex-A17',
  '0xc0f': 'Cortex-A15',
  '0xd03': 'Cortex-A53',
  '0xd04': 'Cortex-A35',
  '0xd05': 'Cortex-A55',
  '0xd07': 'Cortex-A57',
  '0xd08': 'Cortex-A72',
  '0xd09': 'Cortex-A73',
  '0xd0a': 'Cortex-A75',
  '0xd0b': 'Cortex-A76',
  '0xd0d': 'Cortex-A77',
  '0xd41': 'Cortex-A78',
  '0xd44': 'Cortex-X1',
  '0xd46': 'Cortex-A510',
  '0xd47': 'Cortex-A710',
  '0xd48': 'Cortex-X2',
}

/** The kinds of cores that the text of /proc/cpuinfo names, such as `Cortex-A55, Cortex-A76`; undefined where none is known. */
export const armCores = (cpuinfo: string): string | undefined => {
  const cores = /^CPU implementer\s*:\s*0x41$/m.test(cpuinfo) ? cpuinfo.matchAll(/^CPU part\s*:\s*(0x\w+)$/gm) : []
  const names = new Set(
    [...cores].map(([, part = '']) => PARTS[part.toLowerCase()]).filter((name) => name !== undefined),
  )
  return names.size === 0 ? undefined : [...names].sort().join(', ')
}
