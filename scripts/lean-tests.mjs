/**
 * Loaded before tap in its own process and in each test file (scripts/run-tests.ts). tap wraps the loading of modules, there and in every
 * program that a test starts, to know which files were used; only coverage asks for that, and Node strips types and compiles anew
 * meanwhile what it has in its cache. Without it tests take a fifth less of the processor, and programs are as users run them.
 */
import module from 'node:module'

module.registerHooks = () => ({ deregister: () => undefined })
// In a test file, where tap says so: it would be handed on to the programs.
if (process.env.TAP === '1') delete process.env.NODE_OPTIONS
