/** Installs what the peers need, where it is absent; says what it does. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Need } from './contestant.ts'
import { PYTHON } from './programs.ts'
import { postgresqlDirectory } from './servers/postgresql.ts'

const HERE = import.meta.dirname

const tell = (what: string) => process.stderr.write(`bench:peers: ${what}\n`)

const run = (program: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
  // What they print is no part of the table.
  execFileSync(program, args, { cwd: HERE, stdio: ['ignore', 2, 2], env: { ...process.env, ...variables } })

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)))

const hasVenv = (): boolean => {
  try {
    execFileSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What each takes of Debian, where it is not there. */
const debian: Readonly<Record<Need, () => readonly string[]>> = {
  redis: () => (isOnPath('redis-server') ? [] : ['redis-server']),
  postgresql: () => (postgresqlDirectory() === undefined ? ['postgresql'] : []),
  'node-packages': () => [],
  'python-packages': () => (hasVenv() ? [] : ['python3', 'python3-venv']),
}

const installOfDebian = (packages: readonly string[]) => {
  if (packages.length === 0) return
  tell(
    `installs ${packages.join(', ')} by apt-get; they stay. Servers that these packages start are not used, nor touched`,
  )
  const [program = '', ...first] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', 'apt-get']
  run(program, [...first, 'update', '-qq'])
  run(program, [...first, 'install', '-y', '-qq', '--no-install-recommends', ...packages], {
    DEBIAN_FRONTEND: 'noninteractive',
  })
}

/** Installs all that is needed. Packages of Node and Python stay in this folder. */
export const install = (needs: ReadonlySet<Need>): void => {
  installOfDebian([...needs].flatMap((need) => debian[need]()))
  if (needs.has('node-packages')) {
    tell('installs packages of Node in bench/peers/node_modules')
    run('npm', ['ci', '--ignore-scripts', '--silent', '--no-audit', '--no-fund'])
  }
  if (needs.has('python-packages')) {
    tell('installs packages of Python in bench/peers/.venv')
    if (!existsSync(PYTHON)) run('python3', ['-m', 'venv', join(HERE, '.venv')])
    run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'])
  }
}
