/** The details of each error, as the server makes them. */
import type { ErrorCode, ErrorDetails } from '../../../schemas/index.ts'

/** One example for each code. */
export const errorDetails: Record<ErrorCode, ErrorDetails> = {
  DEVICE_NOT_FOUND: { device_id: 'invalid-device', available_devices: ['android-001', 'laptop-002'] },
  TASK_NOT_FOUND: { task_id: 'task-zzz999' },
  ARTIFACT_NOT_FOUND: { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
  ARTIFACT_IN_USE: { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
  INVALID_TASK_TYPE: {
    task_type: 'ecko',
    available_types: ['command', 'echo', 'sleep', 'system_info'],
    suggestion: 'echo',
  },
  DEVICE_OFFLINE: { device_id: 'android-001' },
  INSUFFICIENT_RESOURCES: {
    reason: 'min_memory_gb asks for 64, and android-001 has 8',
    unmet_requirement: 'min_memory_gb',
    required: 64,
    available: 8,
    nearest_device: 'android-001',
  },
  AUTHENTICATION_REQUIRED: { reason: 'no key was sent' },
  PERMISSION_DENIED: { reason: 'the key lacks the scope admin', required_scope: 'admin' },
  RATE_LIMIT_EXCEEDED: {
    reason:
      '100 writes in 15 minutes are used up; POST /api/v1/tasks/batch takes 1000 tasks as one write, and --rate-limit-write raises the limit',
    limit: 100,
    retry_after_seconds: 412,
  },
  INTERNAL_ERROR: {},
  VALIDATION_ERROR: {
    reason: "'limt' is not known here (did you mean 'limit'?)",
    issues: [
      {
        in: 'query',
        path: '/limt',
        message: "'limt' is not known here (did you mean 'limit'?)",
        allowed: ['limit', 'cursor'],
        suggestion: 'limit',
      },
    ],
  },
  NOT_FOUND: { path: '/api/v1/nothing' },
  METHOD_NOT_ALLOWED: { method: 'PUT', path: '/api/v1/tasks', allow: ['GET', 'HEAD', 'POST'] },
  NOT_ACCEPTABLE: { media_type: 'application/json' },
  PAYLOAD_TOO_LARGE: { limit_bytes: 2_097_152 },
  UNSUPPORTED_MEDIA_TYPE: { media_type: 'application/json' },
  DEVICE_BUSY: { device_id: 'android-001', unfinished_tasks: 2 },
  TASK_NOT_CANCELLABLE: { task_id: 'task-abc123', task_status: 'completed' },
  TASK_NOT_RETRYABLE: { task_id: 'task-abc123', task_status: 'running' },
  IDEMPOTENCY_CONFLICT: {},
  PRECONDITION_FAILED: {},
  RANGE_NOT_SATISFIABLE: { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', bytes: 5 },
  CONFIG_PINNED: { field: 'cluster.task_timeout' },
  STORAGE_FULL: {},
  CLUSTER_UNAVAILABLE: { reason: 'the connection was refused', retry_after_seconds: 5 },
}
