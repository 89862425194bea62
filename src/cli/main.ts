#!/usr/bin/env node
/** The entry of `retire-cluster-main`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'

requireNode('retire-cluster-main')
const { makeEndSure } = await import('./sure-end.ts')
makeEndSure()
const { boundHeap } = await import('./bounded-heap.ts')
boundHeap()
const { loadPrograms } = await import('./server/load-programs.ts')
const { run, runMain } = await loadPrograms('retire-cluster-main')
await run('retire-cluster-main', () => runMain(process.argv.slice(2), process.env))
