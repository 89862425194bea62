import { delimiter, resolve } from 'node:path'
import t from 'tap'
import { Refused, tellingFinalEnd } from '../../src/cli/device/final-end.ts'
import { lastingNode, lastingProgram, lastingSearchPath } from '../../src/cli/device/service/lasting-files.ts'
import { launchd } from '../../src/cli/device/service/launchd.ts'
import { launchdPlist } from '../../src/cli/device/service/launchd-plist.ts'
import { forPowerShell, forShell, forWindows } from '../../src/cli/device/service/quoted.ts'
import { recordedIn, recordOf } from '../../src/cli/device/service/record.ts'
import { type Service, serviceOf } from '../../src/cli/device/service/service.ts'
import { systemd } from '../../src/cli/device/service/systemd.ts'
import { systemdUnit } from '../../src/cli/device/service/systemd-unit.ts'
import { termuxScript } from '../../src/cli/device/service/termux-script.ts'
import { runTool, type ToolEnd } from '../../src/cli/device/service/tool.ts'
import { windowsAdvice } from '../../src/cli/device/service/windows.ts'
import { workerFlags } from '../../src/cli/device/worker-flags.ts'
import { WORKER_NODE_VARIABLES } from '../../src/link/server/worker-node-flags.ts'
import { type Failure, StartError, UsageError } from '../../src/cli/failure.ts'
import { readCommandLine } from '../../src/cli/options/command-line.ts'
import { entry, runToEnd, temporaryDirectory } from './programs.ts'

const hostile = `a "b" 'c' $HOME %h \\d & <e>`
const service: Service = {
  dataDir: '/data',
  argv: ['/opt/$my node/%n/node', '--no-opt', '/data/worker.mjs', `--tasks=/${hostile}`],
  variables: { PATH: '/usr/bin', RETIRE_CLUSTER_ROLE: `$x %y "z"` },
}

void t.test('a service is given the flags and variables of the worker, and no secret', async (t) => {
  const environment = {
    PATH: '/usr/bin',
    RETIRE_CLUSTER_TOKEN: 'secret',
    RETIRE_CLUSTER_TAGS: 'a,b',
    RETIRE_CLUSTER_ROLE: 'mobile',
    RETIRE_CLUSTER_SYSTEM: 'true',
  }
  const argv = [
    '--join',
    '192.168.1.100',
    '--role=compute',
    '--insecure-link',
    '--tags',
    'c',
    '--tags',
    'd,e',
    '--token',
    'secret',
  ]
  const commandLine = await readCommandLine(
    { name: '', summary: '', flags: workerFlags, examples: [] },
    argv,
    environment,
  )
  const where = { node: '/usr/bin/node', program: '/data/worker.mjs', dataDir: '/data' }
  const made = serviceOf(commandLine, environment, where)
  t.strictSame(
    made.argv.filter((word) => !/^--(max-semi|optimize|no-opt)/.test(word)),
    [
      ...['/usr/bin/node', '/data/worker.mjs', '--data-dir=/data', '--join=192.168.1.100', '--insecure-link'],
      ...['--role=compute', '--tags=c', '--tags=d,e'],
    ],
  )
  t.strictSame(made.variables, { ...WORKER_NODE_VARIABLES, PATH: '/usr/bin' }, 'a flag stands before its variable')
  const byVariable = serviceOf(
    await readCommandLine({ name: '', summary: '', flags: workerFlags, examples: [] }, [], environment),
    environment,
    where,
  )
  t.strictSame(byVariable.variables, {
    ...WORKER_NODE_VARIABLES,
    PATH: '/usr/bin',
    RETIRE_CLUSTER_ROLE: 'mobile',
    RETIRE_CLUSTER_TAGS: 'a,b',
  })
  t.notMatch(JSON.stringify([made, byVariable]), 'secret')
})

void t.test('the unit of systemd starts the worker as it was written, and again after a crash alone', (t) => {
  const unit = systemdUnit(service, undefined, [])
  const lines = unit.split('\n')
  t.ok(
    lines.includes(
      `ExecStart="/opt/$my node/%%n/node" "--no-opt" "/data/worker.mjs" "--tasks=/a \\"b\\" 'c' $$HOME %%h \\\\d & <e>"`,
    ),
    unit,
  )
  t.ok(lines.includes('Environment="RETIRE_CLUSTER_ROLE=$x %%y \\"z\\""'), unit)
  const wanted = [
    'Restart=on-failure',
    'RestartSec=10',
    'KillMode=mixed',
    'StartLimitIntervalSec=0',
    'WantedBy=default.target',
  ]
  for (const line of wanted) t.ok(lines.includes(line), line)
  t.ok(lines.includes('RestartPreventExitStatus=78'))
  t.ok(
    lines.includes('Environment="RETIRE_CLUSTER_FINAL_EXIT_CODE=78"'),
    'the worker ends with the code that the unit knows',
  )
  t.notMatch(unit, /^User=/m)
  t.match(systemdUnit(service, 'pi', []), /^User=pi\n[^]*^WantedBy=multi-user\.target$/m)
  const broken = systemdUnit({ ...service, variables: { X: 'a\nExecStart=/bin/false' } }, undefined, [])
  t.equal(broken.match(/^ExecStart=/gm)?.length, 1, 'a line feed begins no line of the unit')
  t.end()
})

void t.test('launchd ends a refused worker by the only code that it does not start again', (t) => {
  const list = launchdPlist(service, '/Users/a/log', [])
  t.match(list, '<key>RETIRE_CLUSTER_FINAL_EXIT_CODE</key><string>0</string>')
  t.match(list, /<key>SuccessfulExit<\/key><false\/>/)
  t.match(list, `<string>--tasks=/a "b" 'c' $HOME %h \\d &amp; &lt;e&gt;</string>`)
  t.end()
})

void t.test('the script of Termux quotes for its shell', (t) => {
  const files = { script: '/h/boot', log: '/h/a b', pid: '/h/pid' }
  const script = termuxScript(service, files, { shell: '/usr/bin/sh', written: [] })
  t.match(script, /^#!\/usr\/bin\/sh\n/)
  t.match(script, `'--tasks=/a "b" '\\''c'\\'' $HOME %h \\d & <e>' </dev/null >>'/h/a b' 2>&1 &`)
  t.match(script, `export RETIRE_CLUSTER_ROLE='$x %y "z"'`)
  t.end()
})

void t.test('Windows is told what to do instead', (t) => {
  const advice = windowsAdvice({
    ...service,
    argv: ['C:\\Program Files\\node.exe', "C:\\Users\\O'Hara B\\w.mjs", '--data-dir=C:\\a b\\'],
  })
  const action = advice.find((line) => line.startsWith('$action'))
  t.equal(
    action,
    `$action = New-ScheduledTaskAction -Execute 'C:\\Program Files\\node.exe' -Argument '"C:\\Users\\O''Hara B\\w.mjs" "--data-dir=C:\\a b\\\\"'`,
  )
  t.ok(advice.includes(`setx RETIRE_CLUSTER_ROLE '$x %y "z"'`))
  t.equal(forWindows('a"b\\"c'), '"a\\"b\\\\\\"c"')
  t.equal(forPowerShell("a'b"), "'a''b'")
  t.equal(forShell('--a=b,c'), '--a=b,c')
  t.end()
})

void t.test('a file of ours says what was written with it, in a comment of any format', (t) => {
  const files = ['/a--b/c d.mjs', '/é/"x"/\u2028\n']
  for (const content of [`# ${recordOf(files)}\n[Unit]`, `<?xml?>\n<!-- ${recordOf(files)} -->\n<plist>`]) {
    t.strictSame(recordedIn(content), files)
    t.equal(content.match(/--/g)?.length ?? 0, content.startsWith('#') ? 0 : 2, 'XML forbids two hyphens')
  }
  t.strictSame(recordedIn(systemdUnit(service, undefined, files)), files)
  t.strictSame(recordedIn(launchdPlist(service, '/log', files)), files)
  for (const foreign of ['', '[Unit]\n', recordOf(files).slice(0, -3), recordOf(files).replace('[', '[1,')])
    t.equal(recordedIn(foreign), undefined)
  t.end()
})

void t.test('what lies in the cache of npx is copied, or refused', (t) => {
  const cached = '/home/a/.npm/_npx/1f3/node_modules/retire-cluster/dist/retire-cluster-worker.mjs'
  t.strictSame(lastingProgram(cached, '/data'), { program: '/data/retire-cluster-worker.mjs', copied: true })
  t.strictSame(lastingProgram('/srv/worker.mjs', '/data'), { program: '/srv/worker.mjs', copied: false })
  t.throws(() => lastingProgram('/a/dlx-12/src/cli/worker.ts', '/data'), StartError)
  t.throws(() => lastingNode('/home/a/.npm/_npx/1f3/node_modules/node/bin/node'), StartError)
  t.equal(lastingNode('/usr/bin/node'), '/usr/bin/node')
  const searched = [
    '/home/a/.npm/_npx/1f3/node_modules/.bin',
    '/a/node_modules/.bin',
    '',
    '.',
    'bin',
    '/usr/bin',
    '/home/a/bin',
  ]
  t.equal(lastingSearchPath(searched.join(delimiter)), ['/usr/bin', '/home/a/bin'].join(delimiter))
  t.equal(lastingNode('/opt/homebrew/Cellar/node@22/22.16.0/bin/node'), '/opt/homebrew/opt/node@22/bin/node')
  t.end()
})

/** Programs that answer what `answer` says, and the lines that they were called by. */
const tools = (answer: (line: string) => Partial<ToolEnd> = () => ({})) => {
  const lines: string[] = []
  const run = (program: string, args: readonly string[]): Promise<ToolEnd> => {
    const line = [program, ...args].join(' ')
    lines.push(line)
    return Promise.resolve({ code: 0, said: '', ...answer(line) })
  }
  return { lines, run }
}

void t.test('launchd is asked again while the job before is not gone', async (t) => {
  let failures = 3
  const { lines, run } = tools((line) =>
    line.includes('bootout')
      ? { code: 3 }
      : line.includes('bootstrap') && failures-- > 0
        ? { code: 5, said: 'EIO' }
        : {},
  )
  const { start, path } = launchd({ home: '/Users/a', uid: 501, run, pauseMs: 1 })
  t.match(await start(), [/while you are logged in/])
  t.strictSame(lines, [
    'launchctl enable gui/501/retire-cluster-worker',
    'launchctl bootout gui/501/retire-cluster-worker',
    ...Array<string>(4).fill(`launchctl bootstrap gui/501 ${path}`),
  ])
  const never = launchd({ home: '/Users/a', uid: 501, ...tools(() => ({ code: 5, said: 'EIO' })), pauseMs: 1 })
  await t.rejects(never.start(), StartError)
})

void t.test('systemd is told of the unit, and its refusal is one sentence that says what to do', async (t) => {
  const { lines, run } = tools((line) => (line.startsWith('loginctl') ? { code: 1 } : {}))
  const ofUser = systemd({ user: undefined, environment: { XDG_CONFIG_HOME: '/c' }, run })
  t.equal(ofUser.path, '/c/systemd/user/retire-cluster-worker.service')
  t.match(await ofUser.start(), [/starts when .* logs in.*sudo loginctl enable-linger/])
  t.strictSame(lines, [
    'systemctl --user --no-ask-password daemon-reload',
    'systemctl --user --no-ask-password enable retire-cluster-worker.service',
    'systemctl --user --no-ask-password restart retire-cluster-worker.service',
    'loginctl --no-ask-password enable-linger',
  ])
  const ofSystem = systemd({ user: 'pi', environment: {}, ...tools() })
  t.equal(ofSystem.path, '/etc/systemd/system/retire-cluster-worker.service')
  t.strictSame(await ofSystem.start(), [])
  const failing = systemd({ user: undefined, environment: {}, ...tools(() => ({ code: 1, said: 'No bus.' })) })
  await t.rejects(failing.start(), {
    name: 'StartError',
    message: /daemon-reload failed: No bus\. Log in as this user/,
  })
})

void t.test('a program of the system that is not there, fails or hangs is told, and not waited for', async (t) => {
  t.match(await runTool('no-such-program', []), { code: null, said: 'there is no such program' })
  t.match(await runTool(process.execPath, ['-e', 'console.error("why"); process.exit(3)']), { code: 3, said: 'why' })
  t.match(await runTool(process.execPath, ['-e', 'console.log("well")']), { code: 0, said: 'well' })
  t.match(await runTool(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], 100), {
    code: null,
    said: /no answer within/,
  })
})

void t.test('only an end that starting again would not change has the code that the service names', async (t) => {
  const variables = { RETIRE_CLUSTER_FINAL_EXIT_CODE: '78' }
  const codeOf = (error: Failure, environment: Record<string, string>) =>
    tellingFinalEnd(environment, () => Promise.reject(error)).catch((end: unknown) => (end as Failure).exitCode)
  t.equal(await codeOf(new Refused('removed'), variables), 78)
  t.equal(await codeOf(new UsageError('a flag'), variables), 78)
  t.equal(await codeOf(new StartError('in use'), variables), 1)
  t.equal(await codeOf(new Refused('removed'), {}), 1, 'CONTRACT.md §5')
  t.equal(await codeOf(new UsageError('a flag'), {}), 2)
  const wrong = await runToEnd(t, entry('worker'), ['--slots', '0'], variables)
  t.match(wrong, { code: 78, stderr: /--slots is "0"/ })
})

void t.test('both commands have help, and end with code 2 where they are used in a wrong way', async (t) => {
  const home = temporaryDirectory(t)
  const worker = (...args: readonly string[]) =>
    runToEnd(t, entry('worker'), args, { HOME: home, XDG_CONFIG_HOME: home })
  for (const command of ['install-service', 'uninstall-service']) {
    t.match(await worker(command, '--help'), { code: 0, stdout: new RegExp(`Usage: retire-cluster-worker ${command}`) })
    t.match(await worker(command, '--jion', 'x'), { code: 2, stdout: '', stderr: /Unknown option '--jion'/ })
  }
  t.match(await worker('install-service', '--run-as', 'pi'), { code: 2, stderr: /--run-as goes with --system/ })
  t.match(await worker('uninstall-service'), { code: 0, stdout: /There is no service to remove/ })
  const shown = await worker('install-service', '--print', '--data-dir', 'here')
  t.equal(shown.code, 0, shown.stderr)
  t.match(shown.stdout, resolve('here'))
  t.match(shown.stdout, 'install-service')
})
