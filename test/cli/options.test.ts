import t from 'tap'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiFlags } from '../../src/cli/server/api-flags.ts'
import { UsageError } from '../../src/cli/failure.ts'
import { type CommandLine, readCommandLine } from '../../src/cli/options/command-line.ts'
import type { Environment } from '../../src/cli/options/flag.ts'
import { configHome, dataHome } from '../../src/cli/options/paths.ts'
import { nodeSettings, settingSections } from '../../src/cli/options/settings.ts'
import { defaultConfig } from '../../schemas/config.ts'
import { temporaryDirectory } from './programs.ts'

const program = { name: 'retire-cluster-api', summary: '', flags: apiFlags, sections: settingSections, examples: [] }

type Input = { argv?: readonly string[]; environment?: Environment; file?: unknown }

const reader = (t: Parameters<typeof temporaryDirectory>[0]) => {
  const directory = temporaryDirectory(t)
  return ({ argv = [], environment = {}, file }: Input): Promise<CommandLine<typeof apiFlags>> => {
    if (file === undefined) return readCommandLine(program, argv, environment)
    const path = join(directory, 'config.json')
    writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file))
    return readCommandLine(program, [...argv, '--config', path], environment)
  }
}

const settingsOf = (commandLine: CommandLine<typeof apiFlags>) => nodeSettings(commandLine, commandLine.file)

void t.test('a flag stands before its variable, that before the file, that before the default', async (t) => {
  const read = reader(t)
  const layered = {
    port: { flag: ['--port', '1'], variable: ['RETIRE_CLUSTER_PORT', '2'], file: 3, values: [1, 2, 3, 8081] },
    host: {
      flag: ['--host', 'a'],
      variable: ['RETIRE_CLUSTER_HOST', 'b'],
      file: 'c',
      values: ['a', 'b', 'c', '127.0.0.1'],
    },
    auth: {
      flag: ['--auth'],
      variable: ['RETIRE_CLUSTER_AUTH', 'false'],
      file: true,
      values: [true, false, true, false],
    },
    no_rate_limit: {
      flag: ['--no-rate-limit'],
      variable: ['RETIRE_CLUSTER_NO_RATE_LIMIT', 'false'],
      file: true,
      values: [true, false, true, false],
    },
    no_advertise: {
      flag: ['--no-advertise'],
      variable: ['RETIRE_CLUSTER_NO_ADVERTISE', 'false'],
      file: true,
      values: [true, false, true, false],
    },
    rate_limit_streams: {
      flag: ['--rate-limit-streams', '1'],
      variable: ['RETIRE_CLUSTER_RATE_LIMIT_STREAMS', '2'],
      file: 3,
      values: [1, 2, 3, 10],
    },
    rate_limit_bytes: {
      flag: ['--rate-limit-bytes', '1GB'],
      variable: ['RETIRE_CLUSTER_RATE_LIMIT_BYTES', '2MB'],
      file: '3KB',
      values: ['1GB', '2MB', '3KB', '100GB'],
    },
    api_key: {
      flag: ['--api-key', 'a', '--api-key', 'b'],
      variable: ['RETIRE_CLUSTER_API_KEY', 'c, d'],
      file: ['e', 'f'],
      values: [['a', 'b'], ['c', 'd'], ['e', 'f'], []],
    },
    join_token: {
      flag: ['--join-token', '-dashed'],
      variable: ['RETIRE_CLUSTER_JOIN_TOKEN', 'v'],
      file: 'f',
      values: ['-dashed', 'v', 'f', undefined],
    },
    cluster_port: {
      flag: ['--cluster-port', '1'],
      variable: ['RETIRE_CLUSTER_CLUSTER_PORT', '2'],
      file: 3,
      values: [1, 2, 3, 8080],
    },
    log_level: {
      flag: ['--log-level', 'debug'],
      variable: ['RETIRE_CLUSTER_LOG_LEVEL', 'warning'],
      file: 'error',
      values: ['debug', 'warning', 'error', 'info'],
    },
  } as const
  const sources = ['flag', 'variable', 'file', 'default'] as const
  for (const [key, { flag, variable, file, values }] of Object.entries(layered)) {
    const [name = '', value = ''] = variable
    const environment = { [name]: value }
    const inputs: readonly Input[] = [
      { argv: flag, environment, file: { [key]: file } },
      { environment, file: { [key]: file } },
      { file: { [key]: file } },
      {},
    ]
    for (const [layer, input] of inputs.entries()) {
      const read_ = await read(input)
      t.strictSame(read_.values[key as keyof typeof layered], values[layer], `${key} from ${sources[layer] ?? ''}`)
      t.equal(read_.sources[key as keyof typeof layered], sources[layer], `source of ${key}`)
    }
  }
})

void t.test('an empty variable counts as absent', async (t) => {
  const { values } = await reader(t)({ environment: { RETIRE_CLUSTER_PORT: '', RETIRE_CLUSTER_AUTH: '' } })
  t.match(values, { port: 8081, auth: false })
})

void t.test('flags and variables pin a setting of the node, the file does not', async (t) => {
  const settings = settingsOf(
    await reader(t)({
      argv: ['--heartbeat-interval', '5'],
      environment: { RETIRE_CLUSTER_OFFLINE_THRESHOLD: '20' },
      file: { heartbeat_interval: 7, task_timeout: 9, cluster: { reconnect_grace: 11 }, retention: { log_days: 3 } },
    }),
  )
  t.strictSame(settings.pinned, { cluster: { heartbeat_interval: 5, offline_threshold: 20 } })
  t.strictSame(settings.file, { cluster: { reconnect_grace: 11, task_timeout: 9 }, retention: { log_days: 3 } })
  t.strictSame(settings.effective, {
    ...defaultConfig,
    cluster: { heartbeat_interval: 5, offline_threshold: 20, reconnect_grace: 11, task_timeout: 9 },
    retention: { ...defaultConfig.retention, log_days: 3 },
  })
})

const bad: Readonly<Record<string, Input & { says: RegExp }>> = {
  'an unknown flag': { argv: ['--prot', '1'], says: /^Unknown option '--prot'\. Did you mean --port\?$/ },
  'a flag of another program': { argv: ['--allow', 'x'], says: /^Unknown option '--allow'/ },
  'a missing value': { argv: ['--port'], says: /^Option '--port <PORT>' argument missing/ },
  'an argument': { argv: ['extra'], says: /^Too many arguments/ },
  'a port that is no number': {
    argv: ['--port', 'http'],
    says: /^--port is "http", but it must be a whole number from 0 to 65535\.$/,
  },
  'a port with a leading zero': { argv: ['--port', '08081'], says: /^--port is "08081"/ },
  'a port out of range': { argv: ['--port', '65536'], says: /^--port is "65536"/ },
  'a level that is none': { argv: ['--log-level', 'warn'], says: /must be one of debug, info, warning, error\.$/ },
  'a size without a unit': { argv: ['--log-max-size', '10'], says: /must be text such as 10MB\.$/ },
  'a token with a space': { argv: ['--join-token', 'a b'], says: /^--join-token must be 1 to 200 letters/ },
  'an empty directory': {
    argv: ['--data-dir', ''],
    says: /^--data-dir is "", but it must be a text that is not empty/,
  },
  'an origin with a path': {
    argv: ['--cors-origin', 'https://a.example/b'],
    says: /--cors-origin is .* an origin such as/,
  },
  'every origin': { argv: ['--cors-origin', '*'], says: /an origin such as/ },
  'a proxy by its name': { argv: ['--trust-proxy', 'proxy.lan'], says: /--trust-proxy is .* an address, a network/ },
  'a network too narrow': { argv: ['--trust-proxy', '10.0.0.0/33'], says: /an address, a network/ },
  'a host name with a port': { argv: ['--allowed-host', 'nas.lan:8081'], says: /a host name, without a port/ },
  'a bad variable': { environment: { RETIRE_CLUSTER_PORT: 'x' }, says: /^RETIRE_CLUSTER_PORT is "x"/ },
  'a bad toggle': {
    environment: { RETIRE_CLUSTER_AUTH: 'yes' },
    says: /^RETIRE_CLUSTER_AUTH is "yes", but it must be true or false\.$/,
  },
  'a file that is not there': {
    argv: ['--config', '/nonexistent.json'],
    says: /^The config file \/nonexistent\.json cannot be read: there is no such file\.$/,
  },
  'a file that is not JSON': { file: '{"api_key": ["s3cret"', says: /is not JSON( \(line \d+ column \d+\))?\.$/ },
  'a file that is a list': { file: [], says: /must hold one JSON object/ },
  'an unknown key': {
    file: { cluster_prot: 1 },
    says: /^"cluster_prot" in .* is no setting of this program\. Did you mean cluster_port\?$/,
  },
  'a key named __proto__': { file: '{"__proto__": {}}', says: /^"__proto__" in .* is no setting/ },
  'a value of the wrong type': {
    file: { port: '8081' },
    says: /^"port" in .* is "8081", but it must be a whole number/,
  },
  'a list that is none': { file: { api_key: 'a' }, says: /^"api_key" in .* must be an array\.$/ },
  'a section that is none': { file: { cluster: 5 }, says: /^"cluster" in .* must be an object/ },
  'an unknown field of a section': {
    file: { cluster: { heartbeat_intervall: 5 } },
    says: /Did you mean heartbeat_interval\?$/,
  },
  'a bad field of a section': {
    file: { logging: { level: 'loud' } },
    says: /^"logging\.level" in .* is "loud", but it must be one of/,
  },
  'a setting that the file has twice': {
    file: { cluster_port: 1, server: { port: 2 } },
    says: /are the same setting; keep one of them\.$/,
  },
  'a threshold below twice the interval': {
    argv: ['--offline-threshold', '100'],
    says: /must be at least twice the heartbeat interval \(60 s\)/,
  },
}

void t.test('whatever is bad ends in one clear sentence and exit code 2', async (t) => {
  const read = reader(t)
  for (const [what, { says, ...input }] of Object.entries(bad)) {
    const failure: unknown = await read(input)
      .then(settingsOf)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    if (!(failure instanceof UsageError)) {
      t.fail(`${what} was not refused as usage`, { failure })
      continue
    }
    t.equal(failure.exitCode, 2, what)
    t.match(failure.message, says, what)
    t.notMatch(failure.message, /\n/, `${what}: one line`)
  }
})

void t.test('origins, proxies and host names may be given several times', async (t) => {
  const { values } = await reader(t)({
    argv: ['--cors-origin', 'https://A.example/', '--cors-origin', 'http://localhost:3000', '--trust-proxy', '::1'],
    environment: { RETIRE_CLUSTER_ALLOWED_HOST: 'nas.lan, nas' },
    file: { trust_proxy: ['10.0.0.0/8', 'fd00::/8', 'loopback'] },
  })
  t.strictSame(values.cors_origin, ['https://a.example', 'http://localhost:3000'])
  t.strictSame(values.trust_proxy, ['::1'], 'a flag stands before the file')
  t.strictSame(values.allowed_host, ['nas.lan', 'nas'])
})

void t.test('a secret that is refused is not shown', async (t) => {
  const read = reader(t)
  for (const input of [
    { argv: ['--api-key', 'top secret'] },
    { environment: { RETIRE_CLUSTER_JOIN_TOKEN: 'top secret' } },
    { file: { api_key: ['top secret'] } },
    { file: '{"api_key": ["top secret"' },
  ])
    await t.rejects(read(input), { exitCode: 2, message: /^(?!.*top)/ })
})

void t.test('data and settings stand where the XDG specification says', (t) => {
  t.equal(dataHome({ XDG_DATA_HOME: '/x' }, 'retire-cluster'), join('/x', 'retire-cluster'))
  t.match(dataHome({}, 'retire-cluster'), /\.local.share.retire-cluster$/)
  t.match(dataHome({ XDG_DATA_HOME: 'relative' }, 'retire-cluster'), /\.local.share.retire-cluster$/)
  t.match(configHome({}, 'retire-cluster'), /\.config.retire-cluster$/)
  t.end()
})
