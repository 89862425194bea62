#!/usr/bin/env node
/** The entry of `retire-cluster-api`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'

requireNode('retire-cluster-api')
const { makeEndSure } = await import('./sure-end.ts')
makeEndSure()
const { boundHeap } = await import('./bounded-heap.ts')
boundHeap()
const { loadPrograms } = await import('./server/load-programs.ts')
const { run, runApi } = await loadPrograms('retire-cluster-api')
await run('retire-cluster-api', () => runApi(process.argv.slice(2), process.env))
