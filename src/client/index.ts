/** The TypeScript client: `import { ClusterClient } from 'retire-cluster/client'`. Needs nothing but `fetch`. */
export { ClusterClient } from './cluster-client.ts'
export type { CallOptions, ClientOptions, Content } from './connection.ts'
export { ApiError, ConnectionError, isApiError, TaskFailedError, TimeoutError } from './errors.ts'
export type { MapOptions } from './mapping.ts'
export type {
  Artifact,
  BatchProgress,
  BuiltinTaskType,
  DataOf,
  Device,
  ErrorCode,
  ErrorDetails,
  MonitorEvent,
  OperationId,
  PayloadOf,
  Schemas,
  SubmissionOptions,
  Task,
  TaskDetail,
} from './operations.ts'
export type { ArtifactsResource, MissingArtifacts, UploadOptions } from './resources/artifacts.ts'
export type { StreamedEvent, StreamOptions, Subject } from './resources/monitor.ts'
export type { SubmitOptions, SubmittedTask } from './resources/tasks.ts'
export type { WaitOptions } from './waiting.ts'
