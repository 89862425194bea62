/**
 * Loaded before tap in its own process and in each test file (scripts/run-tests.ts). tap wraps the loading of modules, there and in every
 * program that a test starts, to know which files were used; only coverage asks for that, and Node strips types and compiles anew
 * meanwhile what it has in its cache. Without it tests take a fifth less of the processor, and programs are as users run them.
 *
 * @tapjs/processinfo registers its hooks by the default export of `node:module`, on Node 24.13 and later; where it does so otherwise one
 * day, tests are slower again. `t.mockImport` has no hooks either then: nobody uses it here.
 */
import module from 'node:module'

module.registerHooks = () => ({ deregister: () => undefined })

// In a test file, where tap says so: it would be handed on to the programs.
if (process.env.TAP === '1') {
  const others = process.env.NODE_OPTIONS?.replace(`--import=${import.meta.url}`, '').trim() ?? ''
  if (others === '') delete process.env.NODE_OPTIONS
  else process.env.NODE_OPTIONS = others
}
