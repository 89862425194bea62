#!/usr/bin/env node
/** The entry of `retire-cluster-api`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'
import { startSmall } from './start-small.ts'
import { makeEndSure } from './sure-end.ts'

requireNode('retire-cluster-api')
makeEndSure()
startSmall()
const { run } = await import('./run.ts')
const { runApi } = await import('./server/api-program.ts')
await run('retire-cluster-api', () => runApi(process.argv.slice(2), process.env))
