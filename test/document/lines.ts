/** The seed document, what is no example of a body: its command lines, its headers, its codes and its limits. */

/** 启动API服务器 and 命令行工具, as they stand; `pip install` lines are not ours (CONTRACT.md, head). */
export const commandLines = {
  defaults: 'retire-cluster-api',
  own: 'retire-cluster-api --host 0.0.0.0 --port 8081 --auth --api-key your-secret-key',
  elsewhere: 'retire-cluster-api --cluster-host 192.168.1.100 --cluster-port 8080',
  client: [
    'retire-cluster config set api_url http://localhost:8081',
    'retire-cluster config set api_key your-secret-key',
    'retire-cluster devices list',
    `retire-cluster tasks submit echo --payload '{"message": "test"}'`,
  ],
} as const

/** 认证: the two forms of the key. */
export const keyHeaders: readonly Readonly<Record<string, string>>[] = [
  { 'X-API-Key': 'your-secret-key' },
  { Authorization: 'Bearer your-secret-key' },
]

/** 常见错误代码. */
export const errorStatuses = {
  DEVICE_NOT_FOUND: 404,
  TASK_NOT_FOUND: 404,
  INVALID_TASK_TYPE: 400,
  DEVICE_OFFLINE: 400,
  INSUFFICIENT_RESOURCES: 400,
  AUTHENTICATION_REQUIRED: 401,
  PERMISSION_DENIED: 403,
  RATE_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
} as const

/** 速率限制: requests in 15 minutes, and streams at a time. */
export const limits = { read: 1000, write: 100, streams: 10, windowSeconds: 15 * 60 } as const
