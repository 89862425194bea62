/** The Node that the worker runs on. A version that is too old never gets here: `requireNode` has ended it. */
import { type Finding, ok, warning } from './finding.ts'

const BITS_32: readonly string[] = ['arm', 'ia32', 'mips', 'mipsel']

/** Looks at a Node. Since version 24 there are no official builds for 32-bit systems: https://nodejs.org/en/blog/release/v24.0.0 */
export const checkRuntime = (
  { version, arch }: { readonly version: string; readonly arch: string } = {
    version: process.versions.node,
    arch: process.arch,
  },
): Finding =>
  BITS_32.includes(arch)
    ? warning(
        'nodejs',
        `Node ${version} for a 32-bit system (${arch}).`,
        'Node 22 is the last version with official 32-bit builds. Where the processor is a 64-bit one (Raspberry Pi 3 and newer), install a 64-bit system.',
      )
    : ok('nodejs', `Node ${version} for a 64-bit system (${arch}).`)
