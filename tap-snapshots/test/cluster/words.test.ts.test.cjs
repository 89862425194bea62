/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cluster/words.test.ts > TAP > every answer, field by field > batch 1`] = `
{
  batch_id: 'night',
  total: 2,
  pending: 1,
  running: 0,
  completed: 1,
  failed: 0,
  cancelled: 0,
  progress: 50,
  created_at: '2026-11-24T12:00:00.000Z',
  finished_at: null,
  estimated_completion: null
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > config 1`] = `
{
  config: {
    server: { host: '0.0.0.0', port: 8080, max_connections: 10000 },
    cluster: { heartbeat_interval: 60, offline_threshold: 300, reconnect_grace: 30, task_timeout: 3600 },
    logging: { level: 'info', max_size: '10MB' },
    retention: {
      task_days: 30,
      max_tasks: 1000000,
      event_hours: 24,
      max_events: 1000000,
      log_days: 30,
      minute_means_hours: 25,
      hour_means_days: 31,
      audit_days: 365,
      max_audit_entries: 100000,
      max_idempotency_keys: 1000000,
      max_size: '4GB'
    },
    files: { days: 7, max_size: '50GB', max_disk_percent: 50, max_file_size: '16GB' },
    health: { usage_warning: 85, usage_critical: 95 }
  },
  tag: 'il2nA36RdRHS4RtV58TdZA62niT'
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > device 1`] = `
{
  id: 'phone',
  hostname: 'pixel',
  display_name: null,
  status: 'online',
  role: 'mobile',
  tags: [ 'lab', 'old' ],
  platform: { os: 'linux', os_version: null, arch: 'x86_64', python_version: null, node_version: '24.0.0' },
  resources: {
    cpu_cores: 4,
    cpu_usage: 5,
    memory_total_gb: 8,
    memory_used_gb: 1,
    storage_total_gb: 64,
    storage_used_gb: 16
  },
  tasks: { active: 1, completed: 0, failed: 0 },
  slots: { total: 1, free: 0 },
  schedulable: true,
  paused: null,
  task_types: [ 'echo', 'command' ],
  last_seen: '2026-11-24T12:00:03.000Z',
  registered_at: '2026-11-24T12:00:00.000Z',
  uptime_seconds: 3600,
  policy: null,
  probation: null,
  learned: { programs: [], lacks: [] },
  unclean_stops: [],
  detailed_info: {
    capabilities: [ 'camera' ],
    network_interfaces: [ 'eth0' ],
    sensors: [ 'light' ],
    battery: { level: 71, charging: true },
    model: 'Pixel 3',
    cpu_model: null,
    cores: null,
    gpu: null,
    battery_health: null,
    benchmark: null,
    temperature_celsius: 30,
    network_rx_bytes_per_second: 100,
    network_tx_bytes_per_second: 200,
    load_average_1m: 0.1,
    metered: null,
    worker_version: '0.1.0',
    address: '127.0.0.1'
  },
  performance_history: {
    cpu_usage_24h: [
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, 5
    ],
    memory_usage_24h: [
      null, null, null, null,
      null, null, null, null,
      null, null, null, null,
      null, null, null, null,
      null, null, null, null,
      null, null, null, 12.5
    ],
    task_count_24h: [
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, null, null,
      null, null, null, 0
    ]
  }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > device statistics 1`] = `
{
  device_stats: {
    period: '24h',
    utilization: {
      phone: { cpu_avg: 5, memory_avg: 12.5, uptime_percent: 100 },
      gone: { cpu_avg: null, memory_avg: null, uptime_percent: 0 }
    },
    performance_ranking: [ { device_id: 'gone', score: 65 } ]
  }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > devices 1`] = `
{
  devices: [
    {
      id: 'gone',
      hostname: 'box',
      display_name: null,
      status: 'offline',
      role: 'compute',
      tags: [],
      platform: { os: 'linux', os_version: null, arch: 'x86_64', python_version: null, node_version: '24.0.0' },
      resources: {
        cpu_cores: 4,
        cpu_usage: 5,
        memory_total_gb: 8,
        memory_used_gb: 1,
        storage_total_gb: 64,
        storage_used_gb: 16
      },
      tasks: { active: 0, completed: 1, failed: 0 },
      slots: { total: 2, free: 2 },
      schedulable: true,
      paused: null,
      task_types: [ 'echo', 'sleep', 'system_info' ],
      last_seen: '2026-11-24T12:00:02.000Z',
      registered_at: '2026-11-24T12:00:00.000Z',
      uptime_seconds: 3600
    },
    {
      id: 'phone',
      hostname: 'pixel',
      display_name: null,
      status: 'online',
      role: 'mobile',
      tags: [ 'lab', 'old' ],
      platform: { os: 'linux', os_version: null, arch: 'x86_64', python_version: null, node_version: '24.0.0' },
      resources: {
        cpu_cores: 4,
        cpu_usage: 5,
        memory_total_gb: 8,
        memory_used_gb: 1,
        storage_total_gb: 64,
        storage_used_gb: 16
      },
      tasks: { active: 1, completed: 0, failed: 0 },
      slots: { total: 1, free: 0 },
      schedulable: true,
      paused: null,
      task_types: [ 'echo', 'command' ],
      last_seen: '2026-11-24T12:00:03.000Z',
      registered_at: '2026-11-24T12:00:00.000Z',
      uptime_seconds: 3600
    }
  ],
  total: 2,
  online: 1,
  offline: 1,
  pending_approval: 0,
  next_cursor: null
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > health 1`] = `
{
  overall_health: 'warning',
  checks: {
    database: { status: 'healthy', response_time_ms: null, storage_full: false },
    network: { status: 'warning', connected_devices: 1, silent_devices: 0, mass_silence: false },
    resources: { status: 'healthy', cpu_usage: 5, memory_usage: 12.5, storage_usage: 25 },
    files: { status: 'healthy', storage_full: false }
  }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > metrics 1`] = `
{
  metrics: {
    cpu: { average_usage: 5, peak_usage: 5, total_cores: 4 },
    memory: { average_usage: 12.5, peak_usage: 12.5, total_gb: 8 },
    network: { average_rx_bytes_per_second: 100, average_tx_bytes_per_second: 200 },
    disk: { average_usage: 25, peak_usage: 25, total_gb: 64 },
    tasks: { completed: 1, failed: 0, cancelled: 1, average_duration_seconds: 1 }
  },
  period: '1h'
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > placement 1`] = `
{
  task_id: 'task-1',
  status: 'completed',
  device_id: 'gone',
  pending_reason: null,
  devices: [
    {
      device_id: 'gone',
      fits: false,
      reason: { code: 'ran_it', message: 'gone ran it last.' },
      score: null,
      score_points: null
    },
    {
      device_id: 'phone',
      fits: false,
      reason: { code: 'task_final', message: 'The task has ended, and goes nowhere any more.' },
      score: null,
      score_points: null
    }
  ]
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > status 1`] = `
{
  cluster_stats: {
    total_devices: 2,
    online_devices: 1,
    offline_devices: 1,
    health_percentage: 50,
    total_resources: { cpu_cores: 8, memory_gb: 16, storage_gb: 128 },
    by_role: { mobile: 1, compute: 1 },
    uptime: '0d 0h 0m',
    tasks: { pending: 2, running: 0 }
  }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > task 1`] = `
{
  task_id: 'task-1',
  task_type: 'echo',
  status: 'completed',
  device_id: 'gone',
  requested_device_id: null,
  priority: 'high',
  batch_id: 'night',
  created_at: '2026-11-24T12:00:00.000Z',
  started_at: '2026-11-24T12:00:00.000Z',
  completed_at: '2026-11-24T12:00:02.000Z',
  execution_time_seconds: 1,
  progress: null,
  progress_message: null,
  result: { output: 'done', exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 4 },
  error: null,
  pending_reason: null,
  attempt: 1,
  original_task_id: null,
  payload: { message: 'hi' },
  inputs: [],
  outputs: [],
  requirements: {},
  timeout: 3600,
  max_retries: 0,
  retries: 0,
  on_device_lost: 'requeue',
  queue_if_unavailable: false,
  metadata: { project: 'words' },
  attempts: [
    {
      attempt: 1,
      device_id: 'gone',
      assigned_at: '2026-11-24T12:00:00.000Z',
      started_at: '2026-11-24T12:00:00.000Z',
      ended_at: '2026-11-24T12:00:02.000Z',
      outcome: 'completed',
      error: null
    }
  ],
  detailed_log: [
    '2026-11-24T12:00:00.000Z: taken in',
    '2026-11-24T12:00:00.000Z: assigned to gone as attempt 1',
    '2026-11-24T12:00:00.000Z: started on gone',
    '2026-11-24T12:00:02.000Z: completed',
    '2026-11-24T12:00:02.000Z: > done'
  ],
  resource_usage: { peak_cpu_percent: 90, peak_memory_mb: 12, total_cpu_time_seconds: 0.5 }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > task statistics 1`] = `
{
  task_stats: {
    period: '24h',
    total_tasks: 2,
    by_status: { completed: 1, failed: 0, cancelled: 1 },
    by_task_type: { echo: { completed: 1, failed: 0, cancelled: 1 } },
    average_execution_time: 1,
    success_rate: 50
  }
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > tasks 1`] = `
{
  tasks: [
    {
      task_id: 'task-1',
      task_type: 'echo',
      status: 'cancelled',
      device_id: null,
      requested_device_id: 'gone',
      priority: 'normal',
      batch_id: null,
      created_at: '2026-11-24T12:00:03.000Z',
      started_at: null,
      completed_at: '2026-11-24T12:00:03.000Z',
      execution_time_seconds: null,
      progress: null,
      progress_message: null,
      result: null,
      error: null,
      pending_reason: null,
      attempt: 0,
      original_task_id: null,
      metadata: {}
    },
    {
      task_id: 'task-2',
      task_type: 'echo',
      status: 'pending',
      device_id: null,
      requested_device_id: 'phone',
      priority: 'normal',
      batch_id: 'night',
      created_at: '2026-11-24T12:00:03.000Z',
      started_at: null,
      completed_at: null,
      execution_time_seconds: null,
      progress: null,
      progress_message: null,
      result: null,
      error: null,
      pending_reason: {
        code: 'devices_busy',
        message: 'All devices that could run it are busy. It gets the next free slot that fits.'
      },
      attempt: 0,
      original_task_id: null,
      metadata: {}
    },
    {
      task_id: 'task-3',
      task_type: 'echo',
      status: 'pending',
      device_id: 'phone',
      requested_device_id: 'phone',
      priority: 'normal',
      batch_id: null,
      created_at: '2026-11-24T12:00:03.000Z',
      started_at: null,
      completed_at: null,
      execution_time_seconds: null,
      progress: null,
      progress_message: null,
      result: null,
      error: null,
      pending_reason: { code: 'assigned', message: 'Given to phone, which has not yet said that it started.' },
      attempt: 1,
      original_task_id: null,
      metadata: {}
    },
    {
      task_id: 'task-4',
      task_type: 'echo',
      status: 'completed',
      device_id: 'gone',
      requested_device_id: null,
      priority: 'high',
      batch_id: 'night',
      created_at: '2026-11-24T12:00:00.000Z',
      started_at: '2026-11-24T12:00:00.000Z',
      completed_at: '2026-11-24T12:00:02.000Z',
      execution_time_seconds: 1,
      progress: null,
      progress_message: null,
      result: { output: 'done', exit_code: 0, signal: null, value: null, output_truncated: false, output_bytes: 4 },
      error: null,
      pending_reason: null,
      attempt: 1,
      original_task_id: null,
      metadata: { project: 'words' }
    }
  ],
  total: 4,
  pending: 2,
  running: 0,
  completed: 1,
  failed: 0,
  cancelled: 1,
  next_cursor: null
}
`

exports[`test/cluster/words.test.ts > TAP > every answer, field by field > types 1`] = `
[
  {
    task_type: 'command',
    description: 'Runs a program.',
    builtin: true,
    needs_allow: true,
    devices: 1,
    online_devices: 1,
    payload_schema: null
  },
  {
    task_type: 'echo',
    description: 'Prints a message.',
    builtin: true,
    needs_allow: false,
    devices: 2,
    online_devices: 1,
    payload_schema: null
  },
  {
    task_type: 'http_request',
    description: 'Makes an HTTP request from the device.',
    builtin: true,
    needs_allow: true,
    devices: 0,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'javascript',
    description: 'Runs JavaScript in a sandbox.',
    builtin: true,
    needs_allow: true,
    devices: 0,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'python',
    description: 'Calls a Python function that is sent along.',
    builtin: true,
    needs_allow: true,
    devices: 0,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'python_eval',
    description: 'Evaluates a Python expression.',
    builtin: true,
    needs_allow: true,
    devices: 0,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'sleep',
    description: 'Waits for some seconds.',
    builtin: true,
    needs_allow: false,
    devices: 1,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'system_info',
    description: 'Returns what the device tells of itself.',
    builtin: true,
    needs_allow: false,
    devices: 1,
    online_devices: 0,
    payload_schema: null
  },
  {
    task_type: 'wasm',
    description: 'Runs WebAssembly in a sandbox.',
    builtin: true,
    needs_allow: true,
    devices: 0,
    online_devices: 0,
    payload_schema: null
  }
]
`

exports[`test/cluster/words.test.ts > TAP > every reason of a placement, and what follows for a task that waits, in its words > pending 1`] = `
{
  has_it: { code: 'no_device', message: 'No device has joined yet. The node prints the line with which one joins.' },
  ran_it: { code: 'no_device', message: 'No device has joined yet. The node prints the line with which one joins.' },
  fits: {
    code: 'devices_busy',
    message: 'All devices that could run it are busy. It gets the next free slot that fits.'
  },
  busy: {
    code: 'devices_busy',
    message: 'All devices that could run it are busy. It gets the next free slot that fits.'
  },
  not_now: {
    code: 'no_fitting_device',
    message: 'No device meets its requirements at the moment (charge, plug, network or free storage).'
  },
  on_probation: {
    code: 'devices_on_probation',
    message: 'The devices that could run it failed too often in a row; each gets one task to prove itself once its pause is over.'
  },
  paused: {
    code: 'devices_paused',
    message: 'The devices that could run it have paused. phone takes no tasks now. It is off the plug.'
  },
  drained: {
    code: 'devices_drained',
    message: 'All devices that could run it are drained. Make one schedulable again.'
  },
  silent: { code: 'devices_offline', message: 'All devices that could run it are offline or silent.' },
  offline: { code: 'devices_offline', message: 'All devices that could run it are offline or silent.' },
  pending_approval: {
    code: 'devices_pending_approval',
    message: 'The devices that could run it wait for approval: retire-cluster devices approve ID.'
  },
  rejected: {
    code: 'devices_rejected',
    message: 'Every device that runs its type said that it cannot run it, or one like it. Install what is missing there and start the worker anew, or add a device.'
  },
  requirement_unmet: {
    code: 'no_fitting_device',
    message: 'No registered device could ever run it. Add one that meets its requirements.'
  },
  not_allowed: {
    code: 'no_fitting_device',
    message: 'No registered device could ever run it. Add one that meets its requirements.'
  },
  type_not_offered: {
    code: 'no_fitting_device',
    message: 'No device that could run it offers its task type. Start a worker that does.'
  },
  not_requested: {
    code: 'no_fitting_device',
    message: 'No registered device could ever run it. Add one that meets its requirements.'
  },
  task_final: { code: 'no_device', message: 'No device has joined yet. The node prints the line with which one joins.' }
}
`

exports[`test/cluster/words.test.ts > TAP > every reason of a placement, and what follows for a task that waits, in its words > pending, for a device that was asked for 1`] = `
{ code: 'device_offline', message: 'The device that was asked for, phone, is offline or silent.' }
`

exports[`test/cluster/words.test.ts > TAP > every reason of a placement, and what follows for a task that waits, in its words > placement 1`] = `
[
  { code: 'has_it', message: 'phone has it.' },
  { code: 'ran_it', message: 'phone ran it last.' },
  { code: 'fits', message: 'phone could run it now.' },
  { code: 'busy', message: 'phone is busy: its slots (2) are taken.' },
  { code: 'not_now', message: 'role "mobile" is not met by phone, which has "compute".' },
  {
    code: 'on_probation',
    message: 'phone failed too often in a row what others complete; it gets nothing for a while, then one task to prove itself.'
  },
  { code: 'paused', message: 'phone takes no tasks now. It is off the plug.' },
  { code: 'drained', message: 'phone is drained. Make it schedulable again.' },
  { code: 'silent', message: 'phone has no connection, or is late with its heartbeat.' },
  { code: 'offline', message: 'phone is offline.' },
  { code: 'pending_approval', message: 'phone waits for its owner’s approval.' },
  { code: 'rejected', message: 'phone said that it compute.' },
  { code: 'requirement_unmet', message: 'role "mobile" is not met by phone, which has "compute".' },
  { code: 'not_allowed', message: 'role "mobile" is not met by phone, which has "compute".' },
  { code: 'type_not_offered', message: 'role "mobile" is not met by phone, which has "compute".' },
  { code: 'not_requested', message: 'not phone was asked for, but mobile.' },
  { code: 'task_final', message: 'The task has ended, and goes nowhere any more.' }
]
`

exports[`test/cluster/words.test.ts > TAP > every refusal, with its details > refusals 1`] = `
{
  'a type that was misspelt': {
    code: 'INVALID_TASK_TYPE',
    details: {
      task_type: 'ehco',
      available_types: [
        'command',
        'echo',
        'http_request',
        'javascript',
        'python',
        'python_eval',
        'sleep',
        'system_info',
        'wasm'
      ],
      suggestion: 'echo'
    }
  },
  'a type that nobody knows': {
    code: 'INVALID_TASK_TYPE',
    details: {
      task_type: 'render',
      available_types: [
        'command',
        'echo',
        'http_request',
        'javascript',
        'python',
        'python_eval',
        'sleep',
        'system_info',
        'wasm'
      ]
    }
  },
  'a device that was misspelt': { code: 'DEVICE_NOT_FOUND', details: { device_id: 'fone', available_devices: [ 'gone', 'phone' ] } },
  'a device that is offline': { code: 'DEVICE_OFFLINE', details: { device_id: 'gone' } },
  'more than the device that was asked for has': {
    code: 'INSUFFICIENT_RESOURCES',
    details: {
      reason: 'min_memory_gb 16 is not met by phone, which has 8',
      unmet_requirement: 'min_memory_gb',
      required: 16,
      available: 8,
      nearest_device: 'phone'
    }
  },
  'more than any device has': {
    code: 'INSUFFICIENT_RESOURCES',
    details: {
      reason: 'min_cpu_cores 64 is not met by gone, which has 4',
      unmet_requirement: 'min_cpu_cores',
      required: 64,
      available: 4,
      nearest_device: 'gone'
    }
  },
  'a type that no owner allows': {
    code: 'INSUFFICIENT_RESOURCES',
    details: {
      reason: 'no registered device allows python_eval; start a worker with --allow python_eval',
      unmet_requirement: 'task_type',
      required: 'python_eval',
      available: [ 'echo', 'sleep', 'system_info' ],
      nearest_device: 'gone'
    }
  },
  'a shell that no owner allows': {
    code: 'INSUFFICIENT_RESOURCES',
    details: {
      reason: 'no registered device allows shell; start a worker with --allow command,shell',
      unmet_requirement: 'permission',
      required: 'shell',
      available: [],
      nearest_device: 'phone'
    }
  },
  'a task that is not there': { code: 'TASK_NOT_FOUND', details: { task_id: 'task-none' } },
  'an end of what has ended': { code: 'TASK_NOT_CANCELLABLE', details: { task_id: 'task-1', task_status: 'completed' } },
  'a retry of what waits': { code: 'TASK_NOT_RETRYABLE', details: { task_id: 'task-2', task_status: 'pending' } },
  'a batch that is not there': { code: 'NOT_FOUND', details: { path: '/api/v1/tasks/batch/none' } },
  'a device that is not there': { code: 'DEVICE_NOT_FOUND', details: { device_id: 'none', available_devices: [ 'gone', 'phone' ] } },
  'a removal of who has work': { code: 'DEVICE_BUSY', details: { device_id: 'phone', unfinished_tasks: 3 } },
  'a threshold below the other': {
    code: 'VALIDATION_ERROR',
    details: {
      reason: 'health.usage_critical must be at least health.usage_warning (90)',
      issues: [ { in: 'body', path: '/health/usage_critical', message: 'must be at least health.usage_warning (90)' } ]
    }
  },
  'a config that has changed': { code: 'PRECONDITION_FAILED', details: {} },
  'a key that is not there': { code: 'NOT_FOUND', details: { path: '/api/v1/keys/none' } },
  'a key that has expired': {
    code: 'VALIDATION_ERROR',
    details: {
      reason: 'expires_at must be an instant to come',
      issues: [ { in: 'body', path: '/expires_at', message: 'must be an instant to come' } ]
    }
  },
  'a cursor of another listing': {
    code: 'VALIDATION_ERROR',
    details: {
      reason: 'cursor is not a cursor of this listing with these filters; take next_cursor of the page before, or leave it out',
      issues: [
        {
          in: 'query',
          path: '/cursor',
          message: 'is not a cursor of this listing with these filters; take next_cursor of the page before, or leave it out'
        }
      ]
    }
  },
  'a join without a token': {
    code: 'AUTHENTICATION_REQUIRED',
    details: {
      reason: 'the credential of this device is not known here; was the device removed? Join again with --token'
    }
  },
  'a join with a wrong token': {
    code: 'AUTHENTICATION_REQUIRED',
    details: {
      reason: 'the join token is not valid; take the line that the node printed at its start, or make one: retire-cluster tokens create'
    }
  },
  'a name that is taken': {
    code: 'PERMISSION_DENIED',
    details: {
      reason: 'the device id phone is taken; choose another --device-id, or remove that device first',
      device_id: 'phone'
    }
  }
}
`
