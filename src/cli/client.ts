#!/usr/bin/env node
/** The entry of `retire-cluster`: nothing is loaded before Node is known to be new enough. */
import { requireNode } from './node-version.ts'

requireNode('retire-cluster')
const { makeEndSure } = await import('./sure-end.ts')
makeEndSure()
const { run } = await import('./run.ts')
const { runClient } = await import('./client/program.ts')
await run('retire-cluster', () => runClient(process.argv.slice(2), process.env))
