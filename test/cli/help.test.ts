import t from 'tap'
import packageJson from '#package.json' with { type: 'json' }
import { apiFlags } from '../../src/cli/server/api-flags.ts'
import { nodeFlags } from '../../src/cli/server/node-flags.ts'
import { workerFlags } from '../../src/cli/device/worker-flags.ts'
import { clientFlags } from '../../src/cli/client/settings.ts'
import { flagName, variableName } from '../../src/cli/options/flag.ts'
import { entry, runToEnd } from './programs.ts'

const programs = { api: apiFlags, main: nodeFlags, worker: workerFlags, client: clientFlags } as const

for (const [program, flags] of Object.entries(programs)) {
  const file = entry(program as keyof typeof programs)
  void t.test(`--help of ${program} lists every flag with its variable, and examples`, async (t) => {
    const { code, stdout, stderr } = await runToEnd(t, file, ['--help'])
    t.equal(code, 0)
    t.equal(stderr, '')
    for (const key of [...Object.keys(flags), 'config']) {
      t.match(stdout, new RegExp(`^ +${flagName(key)}\\b`, 'm'))
      t.match(stdout, new RegExp(`\\b${variableName(key)}\\b`))
    }
    t.match(stdout, /^Examples:\n {2}\$ retire-cluster/m)
  })
  void t.test(`--version of ${program} prints the version`, async (t) => {
    t.match(await runToEnd(t, file, ['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  })
}
