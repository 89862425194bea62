/** The groups of operations, in the order of the document. */
export const tags = {
  system: 'The API server itself.',
  cluster: 'The cluster as a whole.',
  devices: 'The devices of the cluster: look at them, ping them, approve them, change them, remove them.',
  tasks: 'The work: submit it, follow it, cancel it, repeat it.',
  files: 'Files that tasks take and leave, stored by what they contain.',
  monitoring: 'What happens in the cluster: its log, and its events as they come.',
  config: 'The config of the cluster node.',
  access: 'Who may do what, and who did: API keys, join tokens, the audit log.',
  statistics: 'How tasks ended and devices were used, over a period.',
} as const
