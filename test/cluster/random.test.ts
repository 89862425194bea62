import fc from 'fast-check'
import t from 'tap'
import { holds } from '../replay.ts'
import { play } from './random/play.ts'
import { steps } from './random/steps.ts'

void t.test('whatever happens, in whatever order, the promises of the cluster hold', async (t) => {
  await holds(t, fc.asyncProperty(steps(60), play), 60)
})
