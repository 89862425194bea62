/** A client beside an API that answers what the test says. */
import { join } from 'node:path'
import { type Answer, startFakeApi } from './fake-api.ts'
import { entry, type Outcome, runToEnd, temporaryDirectory } from './programs.ts'

type Test = Parameters<typeof temporaryDirectory>[0]

/** A client that knows where its fake API is, and has a home of its own. */
export const client = async (t: Test, answers: readonly Answer[]) => {
  const { url, asked } = await startFakeApi(t, answers)
  const home = temporaryDirectory(t)
  const run = (args: readonly string[], environment: Record<string, string> = {}, stdin = ''): Promise<Outcome> =>
    runToEnd(t, entry('client'), args, { XDG_CONFIG_HOME: home, RETIRE_CLUSTER_API_URL: url, ...environment }, stdin)
  return { run, asked, file: join(home, 'retire-cluster', 'config.json'), url }
}
