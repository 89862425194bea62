#!/usr/bin/env node
/** The entry of `retire-cluster-main`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'
import { startSmall } from './start-small.ts'
import { makeEndSure } from './sure-end.ts'

requireNode('retire-cluster-main')
makeEndSure()
startSmall()
const { run } = await import('./run.ts')
const { runMain } = await import('./server/main-program.ts')
await run('retire-cluster-main', () => runMain(process.argv.slice(2), process.env))
