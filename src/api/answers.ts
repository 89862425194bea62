/** The answers of the operations: each `data` in the success envelope, as a component of its own. */
import {
  ApiKeyCreated,
  ApiKeyList,
  ApiKeyRemoved,
  Artifact,
  ArtifactRemoved,
  ArtifactsMissing,
  AuditList,
  BatchCancellation,
  BatchProgress,
  BatchRetried,
  BatchSubmitted,
  ClusterHealth,
  ClusterMetrics,
  ClusterStatus,
  ConfigAnswer as ConfigView,
  ConfigUpdated,
  DeviceBatchOutcome,
  DeviceDetail,
  DeviceList,
  DeviceRemoval,
  DeviceStatistics,
  JoinTokenCreated,
  JoinTokenList,
  JoinTokenRemoved,
  LogList,
  object,
  PingResults,
  ServerHealth,
  success,
  TaskCancellation,
  TaskDetail,
  TaskList,
  TaskPlacement,
  TaskRetried,
  TaskStatistics,
  TaskSubmitted,
  TaskTypeList,
} from '../../schemas/index.ts'

/** Answer of `getHealth`. */
export const HealthAnswer = success('HealthAnswer', ServerHealth)
/** Answer of `getClusterStatus`. */
export const ClusterStatusAnswer = success('ClusterStatusAnswer', ClusterStatus)
/** Answer of `getClusterHealth`. */
export const ClusterHealthAnswer = success('ClusterHealthAnswer', ClusterHealth)
/** Answer of `getClusterMetrics`. */
export const ClusterMetricsAnswer = success('ClusterMetricsAnswer', ClusterMetrics)
/** Answer of `getConfig` and `getClusterConfig`. */
export const ConfigAnswer = success('ConfigAnswer', ConfigView)
/** Answer of `updateConfig`. */
export const ConfigUpdatedAnswer = success('ConfigUpdatedAnswer', ConfigUpdated)
/** Answer of `listDevices`. */
export const DeviceListAnswer = success('DeviceListAnswer', DeviceList)
/** Answer of `getDevice`, `updateDevice` and `approveDevice`. */
export const DeviceAnswer = success('DeviceAnswer', object('The device.', { device: DeviceDetail }))
/** Answer of `updateDevices`. */
export const DeviceBatchAnswer = success('DeviceBatchAnswer', DeviceBatchOutcome)
/** Answer of `pingDevice`. */
export const PingAnswer = success('PingAnswer', object('What the ping measured.', { ping_results: PingResults }))
/** Answer of `removeDevice`. */
export const DeviceRemovalAnswer = success('DeviceRemovalAnswer', DeviceRemoval)
/** Answer of `submitTask`. */
export const TaskSubmittedAnswer = success('TaskSubmittedAnswer', TaskSubmitted)
/** Answer of `submitBatch`. */
export const BatchSubmittedAnswer = success('BatchSubmittedAnswer', BatchSubmitted)
/** Answer of `getBatch`. */
export const BatchProgressAnswer = success('BatchProgressAnswer', BatchProgress)
/** Answer of `cancelTasks`. */
export const BatchCancellationAnswer = success('BatchCancellationAnswer', BatchCancellation)
/** Answer of `retryTasks`. */
export const BatchRetriedAnswer = success('BatchRetriedAnswer', BatchRetried)
/** Answer of `listTaskTypes`. */
export const TaskTypeListAnswer = success('TaskTypeListAnswer', TaskTypeList)
/** Answer of `listTasks`. */
export const TaskListAnswer = success('TaskListAnswer', TaskList)
/** Answer of `getTask`. */
export const TaskAnswer = success('TaskAnswer', object('The task.', { task: TaskDetail }))
/** Answer of `getTaskPlacement`. */
export const TaskPlacementAnswer = success('TaskPlacementAnswer', TaskPlacement)
/** Answer of `cancelTask`. */
export const TaskCancellationAnswer = success('TaskCancellationAnswer', TaskCancellation)
/** Answer of `retryTask`. */
export const TaskRetriedAnswer = success('TaskRetriedAnswer', TaskRetried)
/** Answer of `listLogs`. */
export const LogListAnswer = success('LogListAnswer', LogList)
/** Answer of `getTaskStats`. */
export const TaskStatsAnswer = success('TaskStatsAnswer', TaskStatistics)
/** Answer of `getDeviceStats`. */
export const DeviceStatsAnswer = success('DeviceStatsAnswer', DeviceStatistics)
/** Answer of `listKeys`. */
export const ApiKeyListAnswer = success('ApiKeyListAnswer', ApiKeyList)
/** Answer of `createKey`. */
export const ApiKeyCreatedAnswer = success('ApiKeyCreatedAnswer', ApiKeyCreated)
/** Answer of `removeKey`. */
export const ApiKeyRemovedAnswer = success('ApiKeyRemovedAnswer', ApiKeyRemoved)
/** Answer of `listJoinTokens`. */
export const JoinTokenListAnswer = success('JoinTokenListAnswer', JoinTokenList)
/** Answer of `createJoinToken`. */
export const JoinTokenCreatedAnswer = success('JoinTokenCreatedAnswer', JoinTokenCreated)
/** Answer of `removeJoinToken`. */
export const JoinTokenRemovedAnswer = success('JoinTokenRemovedAnswer', JoinTokenRemoved)
/** Answer of `listAudit`. */
export const AuditListAnswer = success('AuditListAnswer', AuditList)
/** Answer of `storeArtifact`. */
export const ArtifactAnswer = success('ArtifactAnswer', Artifact)
/** Answer of `findMissingArtifacts`. */
export const ArtifactsMissingAnswer = success('ArtifactsMissingAnswer', ArtifactsMissing)
/** Answer of `removeArtifact`. */
export const ArtifactRemovedAnswer = success('ArtifactRemovedAnswer', ArtifactRemoved)
