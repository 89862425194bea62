/** The groups of commands. */
import type { Entries } from './command.ts'

/** The first words; what is behind each is loaded only when it is called, so that the client starts fast. */
export const entries: Entries = {
  config: { summary: 'Settings of this client: where the API is, and its key.', load: () => import('./config.ts') },
  cluster: { summary: 'The cluster as a whole: status, health, metrics.', load: () => import('./cluster.ts') },
  devices: { summary: 'The devices of the cluster.', load: () => import('./devices.ts') },
  tasks: { summary: 'Tasks: submit, map, look at, wait for, cancel, retry.', load: () => import('./tasks.ts') },
  run: { summary: 'A program over files, from folder to folder.', load: () => import('./run.ts') },
  demo: { summary: 'A picture that all devices make together.', load: () => import('./demo.ts') },
  monitor: { summary: 'Devices and events as they happen, live.', load: () => import('./monitor.ts') },
  top: { summary: 'The busiest devices, and the tasks that run, live.', load: () => import('./top.ts') },
  logs: { summary: 'The log of the cluster.', load: () => import('./logs.ts') },
  stats: { summary: 'How tasks ended, and how devices were used.', load: () => import('./stats.ts') },
  keys: { summary: 'API keys: list, create, revoke.', load: () => import('./keys.ts') },
  tokens: { summary: 'Join tokens: list, create, revoke.', load: () => import('./tokens.ts') },
  audit: { summary: 'The audit log: list, verify.', load: () => import('./audit.ts') },
  backup: { summary: 'Copy the data of a node of this machine into one file.', load: () => import('./backup.ts') },
  migrate: { summary: 'Move the state to PostgreSQL, or back.', load: () => import('./migrate.ts') },
  completion: { summary: 'Completion for bash, zsh and fish.', load: () => import('./completion.ts') },
  mcp: { summary: 'Serve the API as tools for AI agents (MCP).', load: () => import('../mcp/command.ts') },
}
