import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryDirectory } from '../../cli/programs.ts'
import { closedGate } from '../../gate.ts'
import { startCluster, until } from '../../start-cluster.ts'
import { openTerminal } from './terminal.ts'

const BEGIN = '\u001b[?2026h'
const PROMPT = /^[$#] *$/m
const END = '\u001b[?2026l'
/** The other screen is left. */
const LEFT = '\u001b[?1049l'

void t.test('on a real terminal', async (t) => {
  const cluster = await startCluster(t, { args: ['--no-rate-limit'], workerArgs: ['--allow', 'command'] })
  const open = () => openTerminal(t, { RETIRE_CLUSTER_API_URL: cluster.url, XDG_CONFIG_HOME: '/nonexistent' })
  const submitted = () => cluster.submit({ task_type: 'echo', payload: {} })

  await t.test(
    'monitor follows the cluster, the size of the terminal and a restart, and gives it back as it was',
    async (t) => {
      const terminal = await open()
      await terminal.type('echo before; retire-cluster monitor', 'Enter')
      await terminal.shows(/^Retire-Cluster {2}1 of 1 online .*\n\nDEVICE +STATUS .*\nworker-1 +online/m)
      // The stream may begin after the first frame: a task that is seen shows that it has.
      const seen = async (rows: RegExp) => {
        const told: string[] = []
        await until(`the screen tells of a task, and shows ${rows.source}`, async () => {
          const { task_id } = await submitted()
          await cluster.task(task_id, 60)
          told.push(`task_completed ${task_id}`)
          const screen = await terminal.screen()
          return (told.some((line) => screen.includes(line)) && rows.test(screen)) || undefined
        })
      }
      await seen(/^EVENTS$/m)
      await terminal.resize(60, 14)
      await terminal.shows(/^Retire-Cluster/)
      await seen(/^Retire-Cluster/)
      t.ok((await terminal.screen()).split('\n').every((line) => line.length <= 60))
      await cluster.killServer()
      await terminal.resize(100, 24)
      await seen(/^worker-1/m)

      await terminal.type('q')
      t.match(await terminal.shows(PROMPT), /^before$/m, 'what stood there stands there again')
      // What it writes comes to the file on a way of its own.
      const written = await until('all of it is written', () => {
        const bytes = terminal.written()
        return Promise.resolve(bytes.includes(LEFT) ? bytes : undefined)
      })
      const [, ...frames] = written.split(BEGIN)
      t.ok(frames.length > 3)
      for (const frame of frames) {
        const [inside = ''] = frame.split(END)
        t.ok(frame.includes(END), 'a frame is whole')
        t.ok(inside.startsWith('\u001b[H'), 'it begins at home')
      }
      t.notMatch(written, '\u001b[2J', 'nothing is wiped, so nothing flickers')
    },
  )

  await t.test('top shows devices and running tasks until Ctrl-C', async () => {
    const terminal = await open()
    const { task_id } = await cluster.submit({ task_type: 'sleep', payload: { duration: 600 } })
    await terminal.type('retire-cluster top', 'Enter')
    await terminal.shows(new RegExp(`^1 online, 1 running[^]*${task_id} +sleep +worker-1`, 'm'))
    await terminal.type('C-c')
    await terminal.shows(PROMPT)
    await cluster.call('DELETE', `/api/v1/tasks/${task_id}`)
  })

  await t.test('states are coloured, unless NO_COLOR says otherwise', async (t) => {
    const terminal = await open()
    await terminal.type('retire-cluster devices list', 'Enter')
    await terminal.shows(/worker-1 +online/)
    t.match(await terminal.colours(), '\u001b[32monline')
    await terminal.type('clear; NO_COLOR=1 retire-cluster devices list; echo done', 'Enter')
    await terminal.shows(/worker-1 +online[^]*^done$/m)
    t.notMatch(await terminal.colours(), '\u001b[32m')
  })

  await t.test('--wait shows what a task prints as it prints it, and hands its exit code through', async (t) => {
    const terminal = await open()
    const gate = closedGate(t)
    const payload = JSON.stringify({ command: ['sh', '-c', `echo one; ${gate.passed}; printf two; exit 3`] })
    const submit = `retire-cluster tasks submit command --payload '${payload}' --wait --exit-code; echo code $?`
    await terminal.type(`clear; ${submit}`, 'Enter')
    t.notMatch(await terminal.shows(/^one$/m), /^two$/m)
    gate.open()
    t.match(await terminal.shows(/^code \d/m), /^one\ntwo\nretire-cluster: Task \S+ failed: [^]*^code 3$/m)
  })

  await t.test('--wait shows how far a task says that it is, below what it prints', async (t) => {
    const terminal = await open()
    const script = String.raw`echo one; printf "::retire-cluster progress=62.5::page 5\\033[2J of 8\\n"; sleep 600`
    const { task_id } = await cluster.submit({ task_type: 'command', payload: { command: ['sh', '-c', script] } })
    await terminal.type(`clear; retire-cluster tasks wait ${task_id}`, 'Enter')
    await t.resolves(terminal.shows(/^one\n\S task-\S+ 62\.5% page 5\\x1b\[2J of 8$/m))
    await cluster.call('DELETE', `/api/v1/tasks/${task_id}`)
    t.match(await terminal.shows(/was cancelled/), /^one\nretire-cluster: Task/m, 'the line is gone')
  })

  await t.test('tasks map shows a bar, and --watch the same place again', async (t) => {
    const terminal = await open()
    const gate = closedGate(t)
    const line = (script: string) => JSON.stringify({ command: ['sh', '-c', script] })
    // Some have ended, from which it is known how long the others may take.
    const payloads = join(temporaryDirectory(t), 'payloads.jsonl')
    writeFileSync(
      payloads,
      [...Array<string>(10).fill(line('true')), ...Array<string>(30).fill(line(gate.passed))].join('\n'),
    )
    await terminal.type(`clear; retire-cluster tasks map command --each ${payloads} > /dev/null`, 'Enter')
    await terminal.shows(/^\S █+░* \d+ of 40, .*left/m)
    gate.open()
    t.notMatch(await terminal.shows(/^40 of 40 completed\.$/m), '░', 'the bar is gone')
    await terminal.type('clear; retire-cluster tasks list --limit 3 --watch', 'Enter')
    await terminal.shows(/^.*q leaves\n\nTASK_ID/m)
    await terminal.type('q')
    await terminal.shows(PROMPT)
  })
})
