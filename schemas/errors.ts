/** The one table of error codes: status, texts in both languages, and what `details` may hold. */
import { type Static, Type } from '@sinclair/typebox'
import { component, object, oneOf } from './component.ts'
import { anyJson, count, id, integer, list, text } from './primitives.ts'

/**
 * Code → HTTP status and message. `{name}` in a text is filled from the error's details.
 * CONTRACT.md §3; the first nine are the document's own.
 */
export const errorCodes = {
  DEVICE_NOT_FOUND: {
    status: 404,
    en: "Device '{device_id}' does not exist. Take an id from GET /api/v1/devices.",
    zh: "设备 '{device_id}' 不存在。请从 GET /api/v1/devices 中选取一个 id。",
  },
  TASK_NOT_FOUND: {
    status: 404,
    en: "Task '{task_id}' does not exist, or it ended so long ago that it is no longer kept. Look at GET /api/v1/tasks.",
    zh: "任务 '{task_id}' 不存在,或因结束已久而不再保留。请查看 GET /api/v1/tasks。",
  },
  ARTIFACT_NOT_FOUND: {
    status: 404,
    en: "There is no file with the SHA-256 '{sha256}' here, or it was kept for as long as files.days says. Send it to POST /api/v1/artifacts.",
    zh: "此处没有 SHA-256 为 '{sha256}' 的文件,或其保留期限(files.days)已过。请通过 POST /api/v1/artifacts 发送。",
  },
  ARTIFACT_IN_USE: {
    status: 409,
    en: "The file '{sha256}' is named by unfinished tasks. Wait for them, or cancel them.",
    zh: "文件 '{sha256}' 正被未完成的任务使用。请等待任务完成或将其取消。",
  },
  INVALID_TASK_TYPE: {
    status: 400,
    en: "Task type '{task_type}' is neither built in nor offered by any registered device. Use one of details.available_types.",
    zh: "任务类型 '{task_type}' 既非内置,也没有任何已注册设备提供。请使用 details.available_types 中的类型。",
  },
  DEVICE_OFFLINE: {
    status: 400,
    en: 'Device \'{device_id}\' is not online. Bring it back, choose another, or send "queue_if_unavailable": true.',
    zh: '设备 \'{device_id}\' 不在线。请让它恢复、换一台设备,或发送 "queue_if_unavailable": true。',
  },
  INSUFFICIENT_RESOURCES: {
    status: 400,
    en: 'No registered device can ever run this task: {reason}. Lower the requirement, add a device, or send "queue_if_unavailable": true.',
    zh: '没有任何已注册设备能够运行此任务:{reason}。请降低要求、增加设备,或发送 "queue_if_unavailable": true。',
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    en: 'A valid API key is needed. Send it as X-API-Key, or as Authorization: Bearer.',
    zh: '需要有效的 API 密钥。请通过 X-API-Key 或 Authorization: Bearer 发送。',
  },
  PERMISSION_DENIED: {
    status: 403,
    en: 'This is not permitted: {reason}.',
    zh: '权限不足:{reason}。',
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    en: 'Too many requests: {reason}.',
    zh: '超过速率限制:{reason}。',
  },
  INTERNAL_ERROR: {
    status: 500,
    en: 'Something failed inside the server. Its log has the cause under this request_id.',
    zh: '服务器内部出错。原因记录在服务器日志中,可按此 request_id 查找。',
  },
  VALIDATION_ERROR: {
    status: 400,
    en: 'The request is not valid: {reason}.',
    zh: '请求无效:{reason}。',
  },
  NOT_FOUND: {
    status: 404,
    en: 'There is nothing at {path}: no such path, or nothing of this name. The API is described at /docs.',
    zh: '{path} 处没有任何内容:没有这个路径,或没有这个名称的对象。API 说明见 /docs。',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    en: '{method} is not possible at {path}. The Allow header lists what is.',
    zh: '{path} 不支持 {method}。可用方法见 Allow 头部。',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    en: 'None of the media types in Accept can be produced here. Use {media_type}.',
    zh: '无法生成 Accept 中的任何媒体类型。请使用 {media_type}。',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    en: 'The request body is larger than {limit_bytes} bytes. Send less, or several requests.',
    zh: '请求体超过 {limit_bytes} 字节。请减小内容或分多次发送。',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    en: 'The body must be sent as Content-Type: {media_type}, as it is: not as a form, and without Content-Encoding.',
    zh: '请求体必须以 Content-Type: {media_type} 原样发送:不用表单,也不带 Content-Encoding。',
  },
  DEVICE_BUSY: {
    status: 409,
    en: "Device '{device_id}' has {unfinished_tasks} unfinished tasks. Wait for them, or remove it with force=true, which cancels them.",
    zh: "设备 '{device_id}' 还有 {unfinished_tasks} 个未完成的任务。请等待其完成,或使用 force=true 移除(任务将被取消)。",
  },
  TASK_NOT_CANCELLABLE: {
    status: 409,
    en: "Task '{task_id}' is already {task_status}. Only pending and running tasks can be cancelled.",
    zh: "任务 '{task_id}' 已处于 {task_status} 状态。只有 pending 和 running 的任务可以取消。",
  },
  TASK_NOT_RETRYABLE: {
    status: 409,
    en: "Task '{task_id}' is {task_status}. Only failed and cancelled tasks can be retried.",
    zh: "任务 '{task_id}' 处于 {task_status} 状态。只有 failed 和 cancelled 的任务可以重试。",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    en: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
    zh: '此 Idempotency-Key 已用于不同的请求体。新的请求请使用新的密钥。',
  },
  PRECONDITION_FAILED: {
    status: 412,
    en: 'The resource has changed since you read it. Read it again, and send its new ETag in If-Match.',
    zh: '资源在您读取之后已被更改。请重新读取,并在 If-Match 中发送新的 ETag。',
  },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    en: 'The file has {bytes} bytes, and the range that was asked for begins beyond them. Content-Range tells its size.',
    zh: '该文件共 {bytes} 字节,所请求的范围起点超出了文件末尾。Content-Range 给出其大小。',
  },
  CONFIG_PINNED: {
    status: 409,
    en: '{field} is fixed by a flag or an environment variable of the server. Change it there.',
    zh: '{field} 已由服务器的命令行参数或环境变量固定。请在那里修改。',
  },
  STORAGE_FULL: {
    status: 507,
    en: 'The storage of the cluster node is full: its disk, or what retention.max_size allows. Nothing was changed; make room and try again.',
    zh: '集群节点的存储已满:磁盘已满,或已达到 retention.max_size。未作任何更改;请释放空间后重试。',
  },
  CLUSTER_UNAVAILABLE: {
    status: 503,
    en: 'The cluster node cannot be reached: {reason}. Try again in a moment.',
    zh: '无法连接集群节点:{reason}。请稍后重试。',
  },
} as const satisfies Record<string, { status: number; en: string; zh: string }>

/** A code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** All codes, as the schema lists them. */
export const ErrorCodeName = oneOf(
  Object.keys(errorCodes) as ErrorCode[],
  'What went wrong, for programs. Codes never change.',
  { examples: ['DEVICE_NOT_FOUND'] },
)

/** One thing that is wrong with a request. */
export const ValidationIssue = component(
  'ValidationIssue',
  object('One thing that is wrong with a request.', {
    in: oneOf(['body', 'query', 'path', 'headers'], 'The part of the request.'),
    path: text('Where in that part, as a JSON pointer (RFC 6901); empty for the whole part.', 1024),
    message: text('What is wrong, and what would be right.', 2048),
    allowed: Type.Optional(
      list(anyJson('A value that is allowed.'), 'The values or names that are allowed here.', 1000),
    ),
    suggestion: Type.Optional(text('What was probably meant.', 256)),
  }),
)
/** One thing that is wrong with a request. */
export type ValidationIssue = Static<typeof ValidationIssue>

/** So many things that are wrong with a request are told of at the most. */
export const MOST_ISSUES = 1000

/** Everything that an error may say beside its message. */
export const ErrorDetails = component(
  'ErrorDetails',
  object('What an error says beside its message. Which fields are there depends on the code.', {
    issues: Type.Optional(list(ValidationIssue, 'VALIDATION_ERROR: all that is wrong.', MOST_ISSUES)),
    reason: Type.Optional(text('The cause in one sentence, without a full stop.', 4096)),
    device_id: Type.Optional(text('The device that was asked for.', 256)),
    available_devices: Type.Optional(
      list(id('A device id.'), 'DEVICE_NOT_FOUND: at most 20 registered devices, the nearest names first.', 20),
    ),
    task_id: Type.Optional(text('The task that was asked for.', 256)),
    task_status: Type.Optional(text('The status that stands in the way.', 32)),
    task_type: Type.Optional(text('The task type that was asked for.', 256)),
    available_types: Type.Optional(list(id('A task type.'), 'INVALID_TASK_TYPE: the types that exist here.', 1000)),
    suggestion: Type.Optional(text('What was probably meant.', 256)),
    unmet_requirement: Type.Optional(
      text('INSUFFICIENT_RESOURCES: the requirement that the nearest device fails.', 64),
    ),
    required: Type.Optional(anyJson('INSUFFICIENT_RESOURCES: what was asked for.')),
    available: Type.Optional(anyJson('INSUFFICIENT_RESOURCES: what the nearest device has.')),
    nearest_device: Type.Optional(id('INSUFFICIENT_RESOURCES: the device that comes nearest.')),
    unfinished_tasks: Type.Optional(count('DEVICE_BUSY: the tasks that stand in the way.')),
    required_scope: Type.Optional(text('PERMISSION_DENIED: the scope that the key lacks.', 32)),
    field: Type.Optional(text('CONFIG_PINNED: the field of the config.', 128)),
    path: Type.Optional(
      text(
        'The path that was asked for; of a refused batch, the task that refuses it, as a JSON pointer into the body.',
        4096,
      ),
    ),
    sha256: Type.Optional(text('The file that was asked for.', 64)),
    bytes: Type.Optional(count('RANGE_NOT_SATISFIABLE: the size of the file.')),
    method: Type.Optional(text('The method that was used.', 64)),
    allow: Type.Optional(list(text('A method.', 16), 'METHOD_NOT_ALLOWED: what is possible there.', 10)),
    media_type: Type.Optional(text('The media type to use.', 128)),
    limit_bytes: Type.Optional(count('PAYLOAD_TOO_LARGE: the bound, in bytes.')),
    limit: Type.Optional(
      count('RATE_LIMIT_EXCEEDED: requests or bytes per window, or streams or transfers at a time.'),
    ),
    retry_after_seconds: Type.Optional(integer('When to try again, in seconds.', 0, 86_400)),
  }),
)
/** Everything that an error may say beside its message. */
export type ErrorDetails = Static<typeof ErrorDetails>

/** What went wrong. */
export const ErrorBody = component(
  'ErrorBody',
  object('What went wrong.', {
    code: ErrorCodeName,
    message: text('What went wrong and what to do, for people, in English or Simplified Chinese.', 8192),
    details: ErrorDetails,
  }),
)
/** What went wrong. */
export type ErrorBody = Static<typeof ErrorBody>
